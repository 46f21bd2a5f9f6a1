"""What a Harbor tells about itself, and what in it will bite: values in, findings out.

Facts: Harbor's API v2.0 (`/systeminfo`, `/projects`, `/immutabletagrules`, `/retentions`), as its source reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from buildtool.core.findings import Finding, Severity
from buildtool.core.registry.harbor_rules import is_immutable
from buildtool.core.registry.retention import Fate, UnknownRuleError
from buildtool.core.registry.retention import judge as fates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from buildtool.core.image.names import Repository
    from buildtool.core.registry.harbor_rules import Artifact, Rule

_NEARLY_FULL = 0.9
_SOON_SECONDS = 14 * 86_400  # a fortnight: time to renew a robot before pushes fail


@dataclass(frozen=True, slots=True)
class Project:
    """One project as far as this account may see it; `there` is None where it may not."""

    there: bool | None
    prevents_vulnerable: bool = False
    scans_on_push: bool = False
    quota: int = -1
    used: int = 0
    immutable: tuple[Rule, ...] = ()
    retention: tuple[Rule, ...] = ()
    artifacts: Mapping[str, tuple[Artifact, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HarborFacts:
    """`base` is how we reach it; `external_url` how it believes to be reached, "" where it does not say.

    `expires` is when the robot we are stops working, in unix seconds; -1 for never, or not known.
    """

    base: str
    external_url: str = ""
    read_only: bool = False
    username: str = ""
    expires: int = -1
    projects: Mapping[str, Project] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """What we want of one image: a tag as this checkout publishes, the candidate, and the tags that must stay.

    `candidate` is None where the builder pushes by digest. `deployed` is what Flux selects now, `committed` what the
    manifests of this checkout name: the two differ until Flux has written its commit.
    """

    repository: Repository
    final: str
    candidate: str | None
    deployed: str | None = None
    committed: tuple[str, ...] = ()


def judge(facts: HarborFacts, uses: Sequence[Use], now: int) -> list[Finding]:
    """Everything that fails now or bites later, worst first within each image."""
    found = [*_server(facts), *_robot(facts, now)]
    for use in uses:
        project, _, name = use.repository.path.partition("/")
        if not name:
            found.append(_no_project(facts, project))
        elif project in facts.projects:
            found += _project(project, facts.projects[project], use, name, now)
    return list(dict.fromkeys(found))


def _server(facts: HarborFacts) -> Iterator[Finding]:
    if facts.read_only:
        yield Finding(
            "harbor-read-only",
            Severity.ERROR,
            "Harbor is in read-only mode",
            "every push is refused until an administrator ends it.",
            "Harbor: Administration, Configuration, System Settings: clear `Repository Read Only`",
        )
    scheme = facts.base.partition("://")[0]
    if facts.external_url and facts.external_url.partition("://")[0] != scheme:
        yield Finding(
            "harbor-external-url",
            Severity.ERROR,
            f"Harbor believes to be reached at {facts.external_url}, and is reached at {facts.base}",
            "it sends every client to that address for a token, so nobody can log in.",
            f"set external_url: {facts.base} in harbor.yml, run ./prepare, and restart Harbor",
        )


def _robot(facts: HarborFacts, now: int) -> Iterator[Finding]:
    if re.match(r"robot(?!\$)", facts.username):
        yield Finding(
            "harbor-robot-name",
            Severity.WARNING,
            f"the user name {facts.username!r} looks like a robot's that lost its `$`",
            'robots are named robot$…; a shell replaces $… inside "double quotes".',
            "write the name in 'single quotes', or put it in a file",
        )
    if 0 <= facts.expires < now + _SOON_SECONDS:
        days = (facts.expires - now) // 86_400
        over = facts.expires <= now
        yield Finding(
            "harbor-robot-expiry",
            Severity.ERROR if over else Severity.WARNING,
            f"the robot account {facts.username!r} {'has expired' if over else f'expires in {days} days'}",
            "from then on every push and pull with it is refused with 401.",
            "Harbor: project, Robot Accounts: give it a new expiry, or make a new one and docker login with it",
        )


def _no_project(facts: HarborFacts, name: str) -> Finding:
    host = facts.base.partition("://")[2]
    return Finding(
        "harbor-no-project",
        Severity.ERROR,
        f"Harbor wants a project before the name: {host}/{name} has none",
        "it answers 400 to every request for such a name, and docker push retries for ever.",
        f'write registry = "{host}/PROJECT" in buildtool.toml',
    )


def _project(name: str, project: Project, use: Use, repository: str, now: int) -> Iterator[Finding]:
    if project.there is False:
        yield Finding(
            "harbor-project-missing",
            Severity.ERROR,
            f"Harbor has no project {name!r}",
            "a push does not create one; the refusal reads `unauthorized`.",
            f"create the project {name!r} in Harbor, or run buildtool push --create-project with an account that may",
        )
    if project.there is None:
        yield Finding(
            "harbor-unseen",
            Severity.NOTE,
            f"this account may not read the settings of project {name!r}",
            "quota, scanning, immutability and retention could not be looked at.",
        )
    yield from _quota(name, project)
    yield from _scan(name, project)
    yield from _immutable(name, project, use, repository)
    yield from _retention(name, project, use, repository, now)


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
        yield Finding("harbor-scan", Severity.WARNING, message, reason, fix)
    else:
        reason = "and it does not scan on push: a new image can never be read, by buildtool, Flux or a node (412)."
        fix = "Harbor: project, Configuration: set `Automatically scan images on push`, or allow vulnerable images"
        yield Finding("harbor-scan", Severity.ERROR, message, reason, fix)


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
