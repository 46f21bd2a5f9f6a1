"""The words of a refusal -> what is meant and what to do, for the services whose words are known.

One judge for our own requests and for what BuildKit prints of its pushes. Words from the documentation of the services
and from reports of their users.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.registry.services import HUB, OFFICIAL, Service, login_command, region_of, service_of
from buildtool.errors import REGISTRY_AUTH, REGISTRY_DENIED, REGISTRY_IMMUTABLE, REGISTRY_NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Callable

    from buildtool.errors import Kind

_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Meaning:
    """`kind` None: the kind of the status stays."""

    kind: Kind | None
    fix: str


def _ecr_login(host: str, _path: str) -> str:
    return login_command(host)


def _ecr_create(host: str, path: str) -> str:
    return f"aws ecr create-repository --region {region_of(host)} --repository-name {path or 'NAME'}"


def _ecr_rights(host: str, path: str) -> str:
    return f"give this identity the action named above for the repository {path or 'NAME'} ({region_of(host)}), in IAM"


def _ecr_immutable(host: str, path: str) -> str:
    command = f"aws ecr put-image-tag-mutability --region {region_of(host)} --repository-name {path or 'NAME'}"
    return (
        "a deploy tag: run the command again, the next timestamp is free; a tag that has to move (the candidate, "
        f"the cache): {command} --image-tag-mutability MUTABLE"
    )


def _github(_host: str, path: str) -> str:
    return (
        f"GitHub Actions: `permissions: packages: write` in the job, and where another repository made the package "
        f"{path}: its settings, Manage Actions access, Write; a personal token needs write:packages"
    )


def _hub(_host: str, path: str) -> str:
    parts = path.split("/")
    if len(parts) == 1 or parts[0] == OFFICIAL:
        name = parts[-1]
        return f'{name} alone is an official image of Docker Hub: write registry = "{HUB}/NAMESPACE" in buildtool.toml'
    if len(parts) > 2:  # noqa: PLR2004 -- a namespace and a name
        return f"Docker Hub's repositories are NAMESPACE/NAME, and {path} has more parts: take a shorter `repository`"
    return f"{login_command(HUB)} as an account, or with a token, that may read and write {path}"


def _quay(_host: str, path: str) -> str:
    owner = path.partition("/")[0]
    return (
        f"quay.io: give the robot ({owner}+NAME) Write on {path}; to make a repository at its first push "
        f"it has to be in a team of {owner} with the role Creator"
    )


def _gitlab(_host: str, path: str) -> str:
    return (
        f"GitLab: {path} has to be GROUP/PROJECT of a project with the registry switched on, and at most two more "
        "names; a CI job logs in as gitlab-ci-token with CI_JOB_TOKEN, a token needs write_registry"
    )


_Rule = tuple[Service, str, "Kind | None", "Callable[[str, str], str]"]
# The first that fits. The words are looked for without regard to case.
_RULES: tuple[_Rule, ...] = (
    (Service.ECR, r"authori[sz]ation token has expired", REGISTRY_AUTH, _ecr_login),
    (Service.ECR, r"no basic auth|not authorized$|401 unauthorized|unauthorized: ", REGISTRY_AUTH, _ecr_login),
    (Service.ECR, r"is not authorized to perform", REGISTRY_DENIED, _ecr_rights),
    (Service.ECR, r"repository with name .* does not exist|name.unknown", REGISTRY_NOT_FOUND, _ecr_create),
    (Service.ECR, r"cannot be overwritten because the \w+ is immutable", REGISTRY_IMMUTABLE, _ecr_immutable),
    (Service.GITHUB, r"permission_denied|installation not allowed|requested access .* is denied", None, _github),
    (Service.HUB, r"insufficient.scope|denied|authentication required|access .* not authorized", None, _hub),
    (Service.QUAY, r"access to the requested resource is not authorized", None, _quay),
    (Service.QUAY, r"unauthorized|insufficient.scope|denied", None, _quay),
    (Service.GITLAB, r"denied|access forbidden|insufficient.scope|authorization failed", None, _gitlab),
)


def meaning(host: str, path: str, words: str) -> Meaning | None:
    """What a refusal of a known service means; None for another registry, and for other words.

    `host` is the registry's name, `path` the repository's ("" where there is none), `words` what the registry said, or
    BuildKit's last line.
    """
    service, text = service_of(host), words[:_LONGEST]
    for whose, pattern, kind, fix in _RULES if service is not Service.OTHER else ():
        if whose is service and re.search(pattern, text, re.IGNORECASE):
            return Meaning(kind, fix(host, path))
    return None
