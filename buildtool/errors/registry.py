"""The registry cannot be reached (exit code 13) or refuses (exit code 14)."""

from __future__ import annotations

from buildtool.errors.exits import Exit
from buildtool.errors.pages import Kind

REGISTRY_UNREACHABLE = Kind(
    code="registry-unreachable",
    exit=Exit.UNREACHABLE,
    title="the registry does not answer",
    meaning="nothing listens at the address, the name does not resolve, or a firewall drops the connection.",
    reason="nothing can be published, and nothing can be verified.",
    fix="check the address in buildtool.toml and that the registry runs: curl -i http://HOST:PORT/v2/",
)
REGISTRY_SCHEME = Kind(
    code="registry-scheme",
    exit=Exit.UNREACHABLE,
    title="the registry uses HTTP where HTTPS is configured, or the reverse",
    meaning=(
        "`insecure` in buildtool.toml does not fit the registry. buildtool never changes from HTTPS to HTTP by itself."
    ),
    reason="every request to the registry fails.",
    fix="set insecure = true for HTTP, or false for HTTPS, in buildtool.toml",
)
REGISTRY_CERTIFICATE = Kind(
    code="registry-certificate",
    exit=Exit.UNREACHABLE,
    title="the registry's certificate is not trusted",
    meaning="it is signed by a private authority this machine does not know, has expired, or is for another name.",
    reason="without trust in the certificate another machine could answer in the registry's place.",
    fix="put the authority's certificate into /etc/docker/certs.d/HOST:PORT/ca.crt, or name it in SSL_CERT_FILE",
)
REGISTRY_FAILED = Kind(
    code="registry-failed",
    exit=Exit.UNREACHABLE,
    title="the registry answers with an internal error",
    meaning="the registry answers that it failed or is too busy; requests that may be repeated were repeated first.",
    reason="the request was not carried out; a tag that was named as published stays published.",
    fix="read the registry's log, then run the same command again",
)
REGISTRY_LIMIT = Kind(
    code="registry-rate-limit",
    exit=Exit.UNREACHABLE,
    title="the registry's limit of requests is reached",
    meaning="the registry counts the requests of an address or an account, and there were too many of them.",
    reason="the request was not carried out; more of them before the time that it names are refused too.",
    fix="wait until the time named above, then run the same command again",
)
REGISTRY_ANSWER = Kind(
    code="registry-answer",
    exit=Exit.UNREACHABLE,
    title="the registry's answer cannot be understood",
    meaning="the answer is not what the distribution specification says: a proxy, a login page, or a broken registry.",
    reason="buildtool cannot tell what the registry holds, so the run stops.",
    fix="check that the address is the registry's own and not a proxy's: curl -i http://HOST:PORT/v2/",
)
REGISTRY_AUTH = Kind(
    code="registry-auth",
    exit=Exit.REFUSED,
    title="the registry refuses the credentials",
    meaning="no credentials were found, they are wrong or expired, or they do not cover this repository.",
    reason="without credentials nothing can be published, and in a private project nothing can be read.",
    fix="docker login HOST:PORT",
)
REGISTRY_DENIED = Kind(
    code="registry-denied",
    exit=Exit.REFUSED,
    title="the registry refuses the request",
    meaning=("the registry understood the request and refuses it: rights, quota, read-only mode, or a policy."),
    reason="the request was not carried out, and repeating it changes nothing.",
    fix="read the registry's own message above, and change the right or the setting it names",
)
REGISTRY_MOUNT = Kind(
    code="registry-mount",
    exit=Exit.REFUSED,
    title="the builder asks for a layer of a repository that this registry does not have",
    meaning="the builder knows a layer from another registry on the same host name (the port does not count).",
    reason="Harbor answers 400 to a repository's name without a project, and the builder asks for it at every push.",
    fix="docker buildx prune -af (the next build starts without its cache), then push again",
)
REGISTRY_NOT_FOUND = Kind(
    code="registry-not-found",
    exit=Exit.REFUSED,
    title="the registry has no such repository, tag or digest",
    meaning="the name is wrong, or it was deleted.",
    reason="what is not in the registry cannot be verified, deployed or kept.",
    fix="compare the name with the registry's list",
)
REGISTRY_IMMUTABLE = Kind(
    code="registry-immutable",
    exit=Exit.REFUSED,
    title="the tag is immutable and holds another image",
    meaning="an immutability rule of the registry protects the tag.",
    reason="the tag keeps its old image; the new one has no name.",
    fix="run the command again: the next timestamp is free; exclude the candidate tag from the rule",
)
REGISTRY_PROJECT = Kind(
    code="registry-project",
    exit=Exit.REFUSED,
    title="the Harbor project is missing",
    meaning=(
        "Harbor keeps repositories in projects: every name is PROJECT/NAME, and the project must exist before the push."
    ),
    reason="Harbor refuses every push to a project that does not exist, often with `unauthorized`.",
    fix='write registry = "HOST:PORT/PROJECT" in buildtool.toml, and create that project in Harbor',
)
REGISTRY_REALM = Kind(
    code="registry-realm",
    exit=Exit.REFUSED,
    title="the registry sends its clients to the wrong address for a token",
    meaning=(
        "Harbor makes the address of its token service from external_url, and that is not the address it is reached at."
    ),
    reason="no client can log in, even with the right password.",
    fix="set external_url in harbor.yml to the very address the clients use, run ./prepare, and restart Harbor",
)
REGISTRY_CREDENTIALS = Kind(
    code="registry-credentials",
    exit=Exit.REFUSED,
    title="the credentials for the registry cannot be read",
    meaning="docker's config.json is broken, its credential helper fails, or the password file is not readable.",
    reason="without credentials the registry refuses the push.",
    fix="docker login HOST:PORT writes them anew",
)
REGISTRY_QUOTA = Kind(
    code="registry-quota",
    exit=Exit.REFUSED,
    title="the project's storage quota is used up",
    meaning="Harbor counts every layer of a project against its quota and refuses what would exceed it.",
    reason="no push to this project succeeds until there is room.",
    fix="raise the quota in Harbor, or delete old artifacts and run its garbage collection",
)
REGISTRY_SCAN = Kind(
    code="registry-scan",
    exit=Exit.REFUSED,
    title="Harbor does not allow pulls of the image before its scan has passed",
    meaning=(
        "the project's setting `prevent vulnerable images` refuses pulls of images that are vulnerable or not "
        "scanned yet."
    ),
    reason="an image that cannot be pulled cannot be verified, and Flux and the nodes cannot pull it either.",
    fix="wait for the scan, remove what it found, or change the project's `prevent vulnerable images` setting",
)
