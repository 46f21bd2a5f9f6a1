"""The settings of a Harbor, and the findings about those that make something fail now or later.

Facts: Harbor's API v2.0 (`/systeminfo`, `/projects`, `/immutabletagrules`, `/retentions`), as its source reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.registry.harbor_rules import kept
from buildtool.errors import harbor as pages
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from buildtool.core.image.names import Repository
    from buildtool.core.registry.harbor_rules import Artifact, Rule
    from buildtool.errors.findings import Finding

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
    """`base` is the address that buildtool uses; `external_url` the one in Harbor's settings, "" where it is not known.

    `expires` is when the robot account that is logged in expires, in unix seconds; -1 for never, or not known.
    """

    base: str
    external_url: str = ""
    read_only: bool = False
    username: str = ""
    expires: int = -1
    projects: Mapping[str, Project] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """What we want of one image: a tag as this checkout publishes, the candidate, and the tag running now.

    `candidate` is None where the builder pushes by digest.
    """

    repository: Repository
    final: str
    candidate: str | None
    deployed: str | None = None


def judge(facts: HarborFacts, uses: Sequence[Use], now: int) -> list[Finding]:
    """Every setting that makes a push or a later run fail: the server's first, then each image's."""
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
        yield pages.READ_ONLY.at(None, "Harbor is in read-only mode")
    scheme = facts.base.partition("://")[0]
    if facts.external_url and facts.external_url.partition("://")[0] != scheme:
        message = f"Harbor's external_url is {facts.external_url}, and it is reached at {facts.base}"
        fix = f"set external_url: {facts.base} in harbor.yml, run ./prepare, and restart Harbor"
        yield pages.EXTERNAL_URL.at(None, message, fix=fix)


def _robot(facts: HarborFacts, now: int) -> Iterator[Finding]:
    if re.match(r"robot(?!\$)", facts.username):
        message = f"the user name {facts.username!r} looks like a robot account's without its `$`"
        yield pages.ROBOT_NAME.at(None, message)
    if 0 <= facts.expires < now + _SOON_SECONDS:
        days = (facts.expires - now) // 86_400
        over = facts.expires <= now
        message = f"the robot account {facts.username!r} {'has expired' if over else f'expires in {days} days'}"
        yield pages.ROBOT_EXPIRY.at(None, message, severity=Severity.ERROR if over else Severity.WARNING)


def _no_project(facts: HarborFacts, name: str) -> Finding:
    host = facts.base.partition("://")[2]
    message = f"{host}/{name} has no project in front of the name"
    return pages.NO_PROJECT.at(None, message, fix=f'write registry = "{host}/PROJECT" in buildtool.toml')


def _project(name: str, project: Project, use: Use, repository: str, now: int) -> Iterator[Finding]:
    if project.there is False:
        fix = f"create the project {name!r} in Harbor, or run buildtool push --create-project"
        yield pages.PROJECT_MISSING.at(None, f"Harbor has no project {name!r}", fix=fix)
    if project.there is None:
        yield pages.UNSEEN.at(None, f"this account may not read the settings of project {name!r}")
    yield from _quota(name, project)
    yield from _scan(name, project)
    yield from _immutable(name, project, use, repository)
    yield from _retention(name, project, use, repository, now)


def _quota(name: str, project: Project) -> Iterator[Finding]:
    if project.quota <= 0 or project.used < project.quota * _NEARLY_FULL:
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
        fix = "Harbor: project, Configuration: set `Automatically scan images on push`, or allow vulnerable images"
        yield pages.SCAN.at(None, f"{message}, and it does not scan on push", fix=fix, severity=Severity.ERROR)


def _immutable(name: str, project: Project, use: Use, repository: str) -> Iterator[Finding]:
    if use.candidate and any(rule.takes(repository, use.candidate) for rule in project.immutable):
        message = f"an immutability rule of project {name!r} covers the candidate tag {use.candidate!r}"
        fix = f"exclude {use.candidate!r} from the rule (tags excluding {use.candidate})"
        yield pages.IMMUTABLE_CANDIDATE.at(None, message, fix=fix)
    if any(rule.takes(repository, use.final) for rule in project.immutable):
        message = f"an immutability rule of project {name!r} covers tags such as {use.final!r}"
        yield pages.IMMUTABLE_FINAL.at(None, message)


def _retention(name: str, project: Project, use: Use, repository: str, now: int) -> Iterator[Finding]:
    artifacts = project.artifacts.get(use.repository.path, ())
    deployed = next((a for a in artifacts if use.deployed in a.tags), None)
    if not project.retention or deployed is None:
        return
    if deployed.digest not in kept(project.retention, repository, artifacts, now):
        message = f"the retention rules of project {name!r} would delete {use.deployed!r}, which is deployed"
        yield pages.RETENTION.at(None, message)
