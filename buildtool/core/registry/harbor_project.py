"""What in a Harbor project will bite: quota, scanning, immutability, retention, and who may read it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.findings import Finding, Severity
from buildtool.core.registry.harbor_rules import is_immutable
from buildtool.core.registry.harbor_scan import Scan
from buildtool.core.registry.retention import Fate, UnknownRuleError
from buildtool.core.registry.retention import judge as fates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.registry.harbor_facts import Project, Use

_NEARLY_FULL = 0.9


def settings(name: str, project: Project, use: Use, repository: str, now: int) -> Iterator[Finding]:
    """Of one project, for one image; `repository` is the name below the project, `now` unix seconds."""
    if project.there is False:
        yield Finding(
            "harbor-project-missing",
            Severity.ERROR,
            f"Harbor has no project {name!r}",
            "a push does not create one; the refusal reads `unauthorized`.",
            f"create the project {name!r} in Harbor, or run buildtool push --create-project with an account that may",
        )
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
        yield Finding(
            "harbor-unseen",
            Severity.NOTE,
            f"this account may not read everything about project {name!r}",
            f"not known: {', '.join(unseen)}.",
        )


def _access(name: str, project: Project, use: Use) -> Iterator[Finding]:
    if project.proxies:
        yield Finding(
            "harbor-proxy",
            Severity.ERROR,
            f"project {name!r} only mirrors another registry",
            "Harbor refuses every push to a proxy cache project.",
            "name a project of your own in `registry` of buildtool.toml",
        )
    if project.public is False and use.watched is not None:
        yield Finding(
            "harbor-private",
            Severity.ERROR,
            f"project {name!r} is private, and ImageRepository {use.watched} has no secretRef",
            "Flux is answered 401, and never sees a tag of this image.",
            "name a Secret with a login in spec.secretRef of the ImageRepository, or make the project public",
        )


def _quota(name: str, project: Project) -> Iterator[Finding]:
    if project.quota <= 0 or project.used < project.quota * _NEARLY_FULL:
        return
    full = project.used >= project.quota
    yield Finding(
        "harbor-quota",
        Severity.ERROR if full else Severity.WARNING,
        f"project {name!r} uses {project.used >> 20} of {project.quota >> 20} MiB",
        "a push that exceeds the quota is refused with 403.",
        "raise the quota in Harbor, or delete old artifacts and run its garbage collection",
    )


def _scan(name: str, project: Project) -> Iterator[Finding]:
    if not project.prevents_vulnerable:
        return
    message = f"project {name!r} prevents pulling images that are vulnerable or not scanned yet"
    if project.scans_on_push:
        reason = "until a scan has ended well, neither buildtool, nor Flux, nor a node can read a new image (412)."
        fix = "buildtool push waits for it, push.scan_wait seconds at most"
    else:
        reason = "and it does not scan on push: unless Harbor has no scanner at all, nobody can read a new image (412)."
        fix = Scan.MISSING.fix
    yield Finding("harbor-scan", Severity.WARNING, message, reason, fix)


def _immutable(name: str, project: Project, use: Use, repository: str) -> Iterator[Finding]:
    if use.candidate and is_immutable(project.immutable, repository, use.candidate):
        yield Finding(
            "harbor-immutable-candidate",
            Severity.ERROR,
            f"an immutability rule of project {name!r} takes the candidate tag {use.candidate!r}",
            "the second push of that tag is refused with 412, and it can never be removed.",
            f"let the rule leave {use.candidate!r} out (tags excluding {use.candidate})",
        )
    if is_immutable(project.immutable, repository, use.final):
        yield Finding(
            "harbor-immutable-final",
            Severity.WARNING,
            f"an immutability rule of project {name!r} takes tags such as {use.final!r}",
            "publishing works, but rollback cannot take such a tag out of Flux's sight.",
            "leave these tags out of the rule, or roll back by narrowing the policy",
        )


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
        yield _unknown_retention(name, unknown)
        return
    for tag, role in needed.items():
        holder = next((one for one in artifacts if tag in one.tags), None)
        if holder is not None and fate[holder.digest] is Fate.DEL:
            yield _lost(name, str(tag), role)


def _lost(name: str, tag: str, role: str) -> Finding:
    return Finding(
        "harbor-retention",
        Severity.ERROR,
        f"the retention rules of project {name!r} would delete {tag!r}, {role}",
        "after the next run a node that must pull it again cannot, and the site does not come back.",
        "keep more artifacts, or add a rule that always keeps what the deployed tag matches",
    )


def _unknown_retention(name: str, reason: UnknownRuleError) -> Finding:
    return Finding(
        "harbor-unseen",
        Severity.NOTE,
        f"project {name!r} has {reason}, which buildtool does not know",
        "what Harbor's retention would delete could not be looked at.",
        "Harbor: project, Policy, Tag Retention: run it dry, and look whether the deployed tag stays",
    )
