"""Every failure a user can meet.

`Exit` is the table of exit codes in the README (a test holds them equal). A `Kind` is one entry of the catalogue
that `buildtool explain CODE` prints; a `BuildtoolError` is one occurrence: what happened, why, and what to type next.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes; the docstring of each member is its row in the README."""

    OK = 0
    BUG = 1
    USAGE = 2
    NO = 3
    GIT = 10
    DOCKER = 11
    BUILD = 12
    UNREACHABLE = 13
    REFUSED = 14
    PROOF = 15
    FLUX = 16
    INTERRUPTED = 130


EXIT_MEANING: dict[Exit, str] = {
    Exit.OK: "yes, or done",
    Exit.BUG: "a bug in buildtool; a report to paste is printed",
    Exit.USAGE: "usage or configuration",
    Exit.NO: "the answer is no: policy mismatch, findings, older commit, dirty tree",
    Exit.GIT: "git",
    Exit.DOCKER: "docker or buildx missing or unusable",
    Exit.BUILD: "the build failed",
    Exit.UNREACHABLE: "registry unreachable",
    Exit.REFUSED: "registry refused: authentication, project, quota, immutable tag",
    Exit.PROOF: "proof failed: wrong platform, digest or revision",
    Exit.FLUX: "Flux or the cluster",
    Exit.INTERRUPTED: "interrupted",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One entry of the catalogue: a code that never changes its meaning.

    `cause` says in one or two sentences why this happens; `fix` is the usual next step.
    """

    code: str
    exit: Exit
    title: str
    cause: str
    fix: str


class BuildtoolError(Exception):
    """A failure with its kind, what exactly happened (`message`), and how to go on (`fix`).

    `place` is `file:line` or a URL or a program, where there is one. Messages never carry a secret.
    """

    def __init__(self, kind: Kind, message: str, *, fix: str | None = None, place: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.fix = fix or kind.fix
        self.place = place


# --- usage and configuration: exit 2
CONFIG_MISSING = Kind(
    "config-missing",
    Exit.USAGE,
    "there is no buildtool.toml",
    "buildtool reads buildtool.toml from the directory it runs in, or from the root of the git repository around it.",
    "write a buildtool.toml (README, Configuration), or name one with --config FILE",
)
CONFIG_INVALID = Kind(
    "config-invalid",
    Exit.USAGE,
    "the configuration has mistakes",
    "a key is unknown, missing, or of the wrong type; all mistakes are listed at once, with file and line.",
    "correct the lines named",
)
USAGE = Kind(
    "usage",
    Exit.USAGE,
    "the command cannot be understood",
    "an option, argument or input file is not what this command takes.",
    "see buildtool COMMAND --help",
)
POLICY_UNKNOWN = Kind(
    "policy-unknown",
    Exit.USAGE,
    "the policy of an image is not in the committed manifests",
    "`policy` in buildtool.toml names an ImagePolicy, as namespace:name, that no YAML file of the repository defines.",
    "correct the name, or commit the ImagePolicy",
)

CI_FILE = Kind(
    "ci-file",
    Exit.USAGE,
    "the step summary or outputs cannot be written",
    "GITHUB_STEP_SUMMARY or GITHUB_OUTPUT names a file that cannot be appended to. What was published stays published.",
    "run as the runner's own user, or unset both variables",
)
EXCLUSION_LIST = Kind(
    "exclusion-list",
    Exit.USAGE,
    "an exclusionList holds a pattern that Flux refuses",
    "patterns of an ImageRepository are Go regexps; with one that does not parse, Flux scans nothing.",
    "correct the pattern (docs/policies.md says what Go accepts)",
)

# --- the answer is no: exit 3
DIRTY_TREE = Kind(
    "dirty-tree",
    Exit.NO,
    "the work tree has uncommitted changes",
    "an image must be reproducible from the commit in its tag; uncommitted files would be in the image but not in git.",
    "commit or stash them, or build an image that Flux never deploys with --allow-dirty",
)
POLICY_MISMATCH = Kind(
    "policy-mismatch",
    Exit.NO,
    "Flux would not deploy this tag",
    "the ImagePolicy of an image does not select the tag of this build, so it would be published and never deployed.",
    "build a branch that the policy takes, change the policy, or publish it anyway with --no-deploy",
)
TAG_EXISTS = Kind(
    "tag-exists",
    Exit.NO,
    "the tag is already taken",
    "the registry holds another image under the tag of this build.",
    "run the command again: the next timestamp is free",
)
BRANCH_COLLISION = Kind(
    "branch-collision",
    Exit.NO,
    "two deploy branches make the same tags",
    "both names become the same text once what a tag cannot hold is replaced, and Flux cannot tell them apart.",
    "rename one of the branches",
)
OLDER_COMMIT = Kind(
    "older-commit",
    Exit.NO,
    "a newer commit is published already",
    "the commit of the tag that Flux selects now has this one among its ancestors: this would go back in history.",
    "git pull, or publish the older commit on purpose with --allow-older",
)
CLOCK_SKEW = Kind(
    "clock-skew",
    Exit.NO,
    "the clocks differ by more than a day",
    "tags are sorted by time; one published from a wrong clock would win, or lose, for as long as the clocks differ.",
    "set the clock: timedatectl set-ntp true",
)
NO_ANSWER = Kind(
    "no-answer",
    Exit.NO,
    "something did not answer in time",
    "doctor waits some seconds for each thing it looks at, and then goes on without it.",
    "ask it by hand to see what it waits for: docker info, git status, or curl, whichever is named",
)
SETTERS_RUN_FAILS = Kind(
    "setters-run-fails",
    Exit.NO,
    "Flux's image automation would write nothing",
    "one image reference, document or path that it cannot work with ends its whole run, for every policy and file.",
    "correct what is named; until then no image is updated in git",
)
POLICY_UNREACHED = Kind(
    "policy-unreached",
    Exit.NO,
    "no automation looks at the policy",
    "an ImageUpdateAutomation uses only policies of its own namespace that its policySelector takes.",
    "move the policy, correct the name, or preview a folder directly with --update-path DIR",
)

# --- git: exit 10
GIT_MISSING = Kind(
    "git-missing",
    Exit.GIT,
    "git is not installed",
    "buildtool reads the commit and the branch with the git program.",
    "install git (Debian: apt-get install git)",
)
GIT_NOT_A_REPOSITORY = Kind(
    "git-not-a-repository",
    Exit.GIT,
    "this is not a git repository",
    "neither the directory nor one above it holds a .git.",
    "change into the checkout, or name it with -C DIR",
)
GIT_NO_WORK_TREE = Kind(
    "git-no-work-tree",
    Exit.GIT,
    "the repository has no files here",
    "it is a bare repository, or the directory is inside .git; an image is built from a checkout.",
    "change into a checkout: git clone REPOSITORY, or git worktree add DIR BRANCH",
)
GIT_NO_COMMIT = Kind(
    "git-no-commit",
    Exit.GIT,
    "the repository has no commit yet",
    "a tag names the commit it was built from.",
    "make the first commit: git add -A && git commit",
)
GIT_NO_BRANCH = Kind(
    "git-no-branch",
    Exit.GIT,
    "the branch is unknown",
    "HEAD is detached and the environment names no branch; buildtool never guesses one.",
    "name it: --branch NAME",
)
GIT_BAD_BRANCH = Kind(
    "git-bad-branch",
    Exit.GIT,
    "the branch name cannot become a tag",
    "the name is empty.",
    "name another one: --branch NAME",
)
GIT_DUBIOUS_OWNERSHIP = Kind(
    "git-dubious-ownership",
    Exit.GIT,
    "git refuses the repository because another user owns it",
    "git reads no configuration of a directory that belongs to someone else unless it is listed as safe.",
    "git config --global --add safe.directory DIR",
)
GIT_FAILED = Kind(
    "git-failed",
    Exit.GIT,
    "a git command failed",
    "git answered with an error; its own words are above.",
    "run the git command shown and mend what it says",
)

# --- docker and buildx: exit 11
DOCKER_MISSING = Kind(
    "docker-missing",
    Exit.DOCKER,
    "the docker program is not installed",
    "images are built by `docker buildx`.",
    "install Docker Engine or Docker Desktop, or run make demo in the buildtool repository, which sets one up",
)
DOCKER_UNREACHABLE = Kind(
    "docker-unreachable",
    Exit.DOCKER,
    "the docker engine does not answer",
    "no engine listens where DOCKER_HOST or the current docker context points, or this user may not talk to it.",
    "start it (systemctl start docker), or add yourself to its group (usermod -aG docker $USER, then log in again)",
)
BUILDX_MISSING = Kind(
    "buildx-missing",
    Exit.DOCKER,
    "docker has no buildx",
    "the buildx plugin is not installed beside this docker client.",
    "install it (Debian: docker-buildx, Docker's own packages: docker-buildx-plugin)",
)
BUILDX_TOO_OLD = Kind(
    "buildx-too-old",
    Exit.DOCKER,
    "buildx is too old",
    "buildtool reads the machine-readable progress that buildx 0.13 introduced.",
    "install buildx 0.13 or newer",
)
BUILDER_UNUSABLE = Kind(
    "builder-unusable",
    Exit.DOCKER,
    "the builder cannot be used",
    "the named buildx builder does not exist, does not start, or is of a driver that cannot push.",
    "docker buildx ls shows the builders; docker buildx inspect --bootstrap NAME says what is wrong with one",
)
PLATFORM_MISSING = Kind(
    "platform-missing",
    Exit.DOCKER,
    "the builder cannot build for a platform",
    "neither a native node nor emulation for that platform is there.",
    "docker run --privileged --rm tonistiigi/binfmt --install arm64 (Debian: apt-get install qemu-user-static)",
)
INSECURE_ENGINE = Kind(
    "insecure-engine",
    Exit.DOCKER,
    "the engine would push to this registry over HTTPS",
    "the docker driver ignores registry.insecure without the containerd image store: only daemon.json counts.",
    'add "insecure-registries": ["HOST:PORT"] to /etc/docker/daemon.json and restart docker',
)

# --- build: exit 12
BUILD_FAILED = Kind(
    "build-failed",
    Exit.BUILD,
    "the build failed",
    "a step of a Dockerfile ended with an error.",
    "correct the step shown and run the same command again: finished steps come from the cache",
)

BUILD_NO_DOCKERFILE = Kind(
    "build-no-dockerfile",
    Exit.BUILD,
    "the Dockerfile is not there",
    "`dockerfile` of the image names a file that the builder cannot read.",
    "correct `dockerfile` in buildtool.toml",
)
BUILD_NO_SUCH_FILE = Kind(
    "build-no-such-file",
    Exit.BUILD,
    "a file to copy is not in the build context",
    "COPY or ADD names a path that is not below `context`, or that .dockerignore leaves out.",
    "compare the path with `context` in buildtool.toml and with .dockerignore",
)
BUILD_PLATFORM = Kind(
    "build-platform",
    Exit.BUILD,
    "a base image or program is of another platform",
    "the base image has no build for the target platform, or a RUN step needs emulation that is not installed.",
    "choose a base image that has it, or add emulation: docker run --privileged --rm tonistiigi/binfmt --install all",
)
BUILD_DISK_FULL = Kind(
    "build-disk-full",
    Exit.BUILD,
    "the disk of the builder is full",
    "layers and cache fill the disk that the builder writes to.",
    "docker buildx prune --keep-storage 10GB",
)
BUILD_BASE_OVER_HTTP = Kind(
    "build-base-over-http",
    Exit.BUILD,
    "a base image is in a registry that speaks HTTP",
    "registry.insecure counts for pushes; BuildKit reads FROM over HTTPS unless its own configuration says otherwise.",
    'give buildkitd.toml [registry."HOST:PORT"] http = true (docker driver: insecure-registries in daemon.json)',
)
BUILD_BASE_AUTH = Kind(
    "build-base-auth",
    Exit.BUILD,
    "a base image may not be pulled",
    "the image does not exist, or its registry wants a login.",
    "correct the name in FROM, or docker login HOST",
)
BUILD_BASE_UNREACHABLE = Kind(
    "build-base-unreachable",
    Exit.BUILD,
    "a base image cannot be fetched",
    "the registry of a FROM image does not answer from where the builder runs.",
    "check the network of the builder, or give the image another source with `contexts` in buildtool.toml",
)
PUSH_INTERRUPTED = Kind(
    "push-interrupted",
    Exit.UNREACHABLE,
    "the push broke off",
    "the registry failed while an image was being uploaded, and went on failing when it was tried again.",
    "run the same command again: what is built and uploaded already is not done twice",
)

# --- registry: exit 13, 14
REGISTRY_UNREACHABLE = Kind(
    "registry-unreachable",
    Exit.UNREACHABLE,
    "the registry does not answer",
    "nothing listens at the address, the name does not resolve, or a firewall drops the connection.",
    "check the address in buildtool.toml and that the registry runs: curl -i http://HOST:PORT/v2/",
)
REGISTRY_SCHEME = Kind(
    "registry-scheme",
    Exit.UNREACHABLE,
    "the registry speaks the other of HTTP and HTTPS",
    "`insecure` in buildtool.toml says one thing, the registry does the other. buildtool never falls back by itself.",
    "set insecure = true for HTTP, or false for HTTPS, in buildtool.toml",
)
REGISTRY_CERTIFICATE = Kind(
    "registry-certificate",
    Exit.UNREACHABLE,
    "the registry's certificate is not trusted",
    "it is signed by a private authority this machine does not know, has expired, or is for another name.",
    "put the authority's certificate into /etc/docker/certs.d/HOST:PORT/ca.crt, or name it in SSL_CERT_FILE",
)
REGISTRY_FAILED = Kind(
    "registry-failed",
    Exit.UNREACHABLE,
    "the registry fails",
    "it answers, but with an internal error or too busy; what may heal by itself was tried again first.",
    "read the registry's log, then run the same command again",
)
REGISTRY_ANSWER = Kind(
    "registry-answer",
    Exit.UNREACHABLE,
    "the registry's answer makes no sense",
    "the answer is not what the distribution specification says: a proxy, a login page, or a broken registry.",
    "check that the address is the registry's own and not a proxy's: curl -i http://HOST:PORT/v2/",
)
REGISTRY_AUTH = Kind(
    "registry-auth",
    Exit.REFUSED,
    "the registry refuses the credentials",
    "no credentials were found, they are wrong or expired, or they do not cover this repository.",
    "docker login HOST:PORT",
)
REGISTRY_DENIED = Kind(
    "registry-denied",
    Exit.REFUSED,
    "the registry refuses",
    "the registry understood the request and refuses it: rights, quota, read-only mode, or a policy.",
    "the registry's own words are above",
)
REGISTRY_NOT_FOUND = Kind(
    "registry-not-found",
    Exit.REFUSED,
    "the registry has no such repository, tag or digest",
    "the name is wrong, or it was deleted.",
    "compare the name with the registry's list",
)
REGISTRY_IMMUTABLE = Kind(
    "registry-immutable",
    Exit.REFUSED,
    "the tag is immutable and holds another image",
    "an immutability rule of the registry protects the tag.",
    "run the command again: the next timestamp is free; keep the candidate tag out of the rule",
)
REGISTRY_PROJECT = Kind(
    "registry-project",
    Exit.REFUSED,
    "the Harbor project is missing",
    "Harbor keeps repositories in projects: every name is PROJECT/NAME, and the project must exist before the push.",
    'write registry = "HOST:PORT/PROJECT" in buildtool.toml, and create that project in Harbor',
)
REGISTRY_REALM = Kind(
    "registry-realm",
    Exit.REFUSED,
    "the registry sends its clients to the wrong address for a token",
    "the token service's address does not fit the one the registry is reached at; Harbor makes it from external_url.",
    "set external_url in harbor.yml to the very address the clients use, run ./prepare, and restart Harbor",
)
REGISTRY_CREDENTIALS = Kind(
    "registry-credentials",
    Exit.REFUSED,
    "the credentials for the registry cannot be read",
    "docker's config.json is broken, its credential helper fails, or the password file is not readable.",
    "docker login HOST:PORT writes them anew",
)
REGISTRY_QUOTA = Kind(
    "registry-quota",
    Exit.REFUSED,
    "the project's storage quota is used up",
    "Harbor counts every layer of a project against its quota and refuses what would exceed it.",
    "raise the quota in Harbor, or delete old artifacts and run its garbage collection",
)
REGISTRY_SCAN = Kind(
    "registry-scan",
    Exit.REFUSED,
    "Harbor keeps the image back until its scan allows it",
    "the project prevents pulling images that are vulnerable or not scanned yet: Flux and nodes cannot pull it either.",
    "wait for the scan, mend what it found, or change the project's `prevent vulnerable images` setting",
)

# --- proof: exit 15
REGISTRY_DIGEST = Kind(
    "registry-digest",
    Exit.PROOF,
    "the registry's bytes are not what their digest says",
    "a proxy changed them on the way, or the registry's storage is damaged.",
    "run the same command again; if it stays, look at what stands between here and the registry",
)
PROOF_FAILED = Kind(
    "proof-failed",
    Exit.PROOF,
    "what is in the registry is not what was to be built",
    "the digest, the platform or the revision read back from the registry differs from what was asked for.",
    "correct the Dockerfile (a FROM with a fixed --platform is the usual reason) and run the same command again",
)

INTERRUPTED = Kind(
    "interrupted",
    Exit.INTERRUPTED,
    "interrupted",
    "^C or SIGTERM: the run was stopped. The tags of a run are published together or not at all.",
    "run the same command again",
)


def catalogue() -> dict[str, Kind]:
    """Every kind by its code, in the order of this file."""
    return {kind.code: kind for kind in globals().values() if isinstance(kind, Kind)}
