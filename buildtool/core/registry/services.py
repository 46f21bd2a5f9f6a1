"""Registries that are services: which server answers for a name, which one hands out its tokens, how one logs in.

Sources: the documentation of Docker Hub, GitHub Packages, quay.io, GitLab and Amazon ECR; and, for the names of Docker
Hub, docker's own code (distribution/reference, moby's registry package, BuildKit's login for a session).
"""

from __future__ import annotations

import re
from enum import StrEnum

HUB = "docker.io"
HUB_API = "registry-1.docker.io"
HUB_NAMES = frozenset({HUB, "index.docker.io", HUB_API, "registry.hub.docker.com"})
# The key that `docker login` writes, and that docker, buildx and BuildKit look for.
HUB_LOGIN = "https://index.docker.io/v1/"
OFFICIAL = "library"  # the namespace of what has none: `nginx` is `library/nginx`

_TOKEN_HOSTS = {**dict.fromkeys(HUB_NAMES, "auth.docker.io"), "registry.gitlab.com": "gitlab.com"}
_ECR = re.compile(
    r"[0-9]{12}\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2})\.[a-z.]{2,40}"
)


class Service(StrEnum):
    """Who runs a registry, as far as its name says; `OTHER` for a name that nobody else has."""

    HUB = "Docker Hub"
    GITHUB = "GitHub"
    QUAY = "quay.io"
    GITLAB = "GitLab"
    ECR = "Amazon ECR"
    OTHER = ""


_BY_NAME = {
    **dict.fromkeys(HUB_NAMES, Service.HUB),
    "ghcr.io": Service.GITHUB,
    "quay.io": Service.QUAY,
    "registry.gitlab.com": Service.GITLAB,
}


# Where a person deletes a tag that the registry's own API does not delete.
_DELETIONS = {
    Service.HUB: "https://hub.docker.com/r/{path}/tags",
    Service.GITHUB: "the page of the package {path} on GitHub, Manage versions",
    Service.ECR: "aws ecr batch-delete-image --region {region} --repository-name {path} --image-ids imageTag={tag}",
}


def service_of(host: str) -> Service:
    """Who runs the registry at `host` (`name[:port]`)."""
    name = host.lower()
    return Service.ECR if _ECR.fullmatch(name) else _BY_NAME.get(name, Service.OTHER)


def api_host(host: str) -> str:
    """The server that answers `/v2/` for a registry's name: Docker Hub's is not at docker.io."""
    return HUB_API if host.lower() in HUB_NAMES else host


def token_host(host: str) -> str | None:
    """The other server that is known to hand out this registry's tokens; None where none is known."""
    return _TOKEN_HOSTS.get(host.lower())


def stored_path(host: str, path: str) -> str:
    """The path of a repository as the registry has it: Docker Hub keeps `nginx` as `library/nginx`."""
    return f"{OFFICIAL}/{path}" if host.lower() in HUB_NAMES and "/" not in path else path


def login_keys(host: str) -> tuple[str, ...]:
    """The keys of docker's configuration that may hold this registry's login, docker's own first."""
    if host.lower() not in HUB_NAMES:
        return (host,)
    return tuple(dict.fromkeys((HUB_LOGIN, "index.docker.io/v1/", HUB, "index.docker.io", HUB_API, host)))


def login_command(host: str) -> str:
    """What to type for a login to this registry."""
    region = _ECR.fullmatch(host.lower())
    if region is None:
        return f"docker login {host}"
    password = f"aws ecr get-login-password --region {region['region']}"
    return f"{password} | docker login --username AWS --password-stdin {host}"


def deletion(host: str, path: str, tag: str) -> str:
    """Where a person deletes a tag of a service whose registry does not; "" for other registries."""
    text = _DELETIONS.get(service_of(host), "")
    return text.format(path=stored_path(host, path), tag=tag, region=region_of(host))


def region_of(host: str) -> str:
    """The AWS region in a name of ECR; "" for another registry."""
    found = _ECR.fullmatch(host.lower())
    return found["region"] if found else ""
