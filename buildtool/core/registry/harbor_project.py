"""A Harbor project and an image -> findings about quota, scans, immutability, retention and read access."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.registry.harbor_rules import is_immutable
from buildtool.core.registry.harbor_scan import ScanState
from buildtool.core.registry.retention import Fate, UnknownRuleError
from buildtool.core.registry.retention import judge as fates
from buildtool.errors import harbor as pages
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.registry.harbor_facts import Project, Use
    from buildtool.errors.findings import Finding

_NEARLY_FULL = 9  # tenths


def settings(name: str, project: Project, use: Use, repository: str, now: int) -> Iterator[Finding]:
    """The findings of one project for one image; `repository` is the name below the project, `now` unix seconds."""
    if project.there is False:
        fix = f"create the project {name!r} in Harbor, or run buildtool push --create-project"
        yield pages.PROJECT_MISSING.at(None, f"Harbor has no project {name!r}", fix=fix)
    yield from _unseen(name, project)
    yield from _access(name, project, use)
    yield from _quota(name, project)
    yield from _scan(name, project)
    yield from _immutable(name, project, use, repository)
    yield from _retention(name, project, use, repository, now)


def _unseen(name: str, project: Project) -> Iterator[Finding]:
    unseen = project.unseen
    if project.there is None:
        unseen = ("whether it is there", "quota", "scanning", "immutability", "retention")
    if unseen:
        yield pages.UNSEEN.at(None, f"this account may not read {', '.join(unseen)} of project {name!r}")


def _access(name: str, project: Project, use: Use) -> Iterator[Finding]:
    if project.proxies:
        yield pages.PROXY.at(None, f"project {name!r} is a proxy cache of another registry")
    if project.public is False and use.watched is not None:
        message = f"project {name!r} is private, and ImageRepository {use.watched} has no spec.secretRef"
        yield pages.PRIVATE.at(None, message)


def _quota(name: str, project: Project) -> Iterator[Finding]:
    if project.quota <= 0 or project.used * 10 < project.quota * _NEARLY_FULL:
        return
    message = f"project {name!r} uses {project.used >> 20} of {project.quota >> 20} MiB"
    full = project.used >= project.quota
    yield pages.QUOTA.at(None, message, severity=Severity.ERROR if full else Severity.WARNING)


def _scan(name: str, project: Project) -> Iterator[Finding]:
    if not project.prevents_vulnerable:
        return
    message = f"project {name!r} refuses pulls of images that are vulnerable or not scanned yet"
    if project.scans_on_push:
        yield pages.SCAN.at(None, message)
    else:
        only = f"{message}, and it does not scan on push: only a Harbor without any scanner lets a new image be pulled"
        yield pages.SCAN.at(None, only, fix=ScanState.MISSING.fix)


def _immutable(name: str, project: Project, use: Use, repository: str) -> Iterator[Finding]:
    if use.candidate and is_immutable(project.immutable, repository, use.candidate):
        message = f"an immutability rule of project {name!r} covers the candidate tag {use.candidate!r}"
        fix = f"exclude {use.candidate!r} from the rule (tags excluding {use.candidate})"
        yield pages.IMMUTABLE_CANDIDATE.at(None, message, fix=fix)
    if is_immutable(project.immutable, repository, use.final):
        message = f"an immutability rule of project {name!r} covers tags such as {use.final!r}"
        yield pages.IMMUTABLE_FINAL.at(None, message)


def _retention(name: str, project: Project, use: Use, repository: str, now: int) -> Iterator[Finding]:
    artifacts = [
        replace(
            one, immutable=one.immutable or any(is_immutable(project.immutable, repository, tag) for tag in one.tags)
        )
        for one in project.artifacts.get(use.repository.path, ())
    ]
    needed = {use.deployed: "which Flux selects"} | dict.fromkeys(use.committed, "which the manifests here name")
    try:
        fate = fates(project.retention, repository, artifacts, now)
    except UnknownRuleError as unknown:
        fix = "Harbor: project, Policy, Tag Retention: run it dry, and look whether the deployed tag stays"
        yield pages.UNSEEN.at(None, f"project {name!r} has {unknown}, which buildtool does not know", fix=fix)
        return
    for tag, role in needed.items():
        holder = next((one for one in artifacts if tag in one.tags), None)
        if holder is not None and fate[holder.digest] is Fate.DEL:
            message = f"the retention rules of project {name!r} would delete {str(tag)!r}, {role}"
            yield pages.RETENTION.at(None, message)
