"""The account that pushes to Harbor -> findings about its login, its rights and its expiry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.registry.harbor_facts import PUSH, TAG_DELETE
from buildtool.core.text.units import counted
from buildtool.errors import harbor as pages
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.core.registry.harbor_facts import HarborFacts, Project, Use
    from buildtool.errors.findings import Finding

_SOON_SECONDS = 14 * 86_400  # 14 days: time to renew a robot account before pushes fail
_NEVER = -1


def account(facts: HarborFacts, uses: Sequence[Use], now: int) -> Iterator[Finding]:
    """`now` in unix seconds."""
    if facts.login is False:
        yield _login(facts)
        return  # where Harbor refuses the login, nothing else is known of the account
    for name, project in facts.projects.items():
        candidates = [use.candidate for use in uses if use.candidate and use.repository.path.startswith(f"{name}/")]
        yield from _rights(facts, name, project, candidates)
    ends = [project.expires for project in facts.projects.values() if project.expires != _NEVER]
    if ends and min(ends) < now + _SOON_SECONDS:
        yield _expiry(facts, min(ends), now)


def _login(facts: HarborFacts) -> Finding:
    message = f"Harbor does not accept the login of {facts.username!r}"
    if re.match(r"robot(?!\$)", facts.username):
        return pages.ROBOT_NAME.at(None, f"{message}, which looks like a robot account's without its `$`")
    return pages.LOGIN.at(None, message)


def _rights(facts: HarborFacts, name: str, project: Project, candidates: Sequence[str]) -> Iterator[Finding]:
    if project.lacks(PUSH):
        yield pages.RIGHTS.at(None, f"{facts.username!r} may not push to project {name!r}: it lacks {PUSH}")
    elif project.lacks(TAG_DELETE) and candidates:
        message = f"{facts.username!r} may not delete tags of project {name!r}: candidate tag {candidates[0]!r} stays"
        fix = f"Harbor: project, Robot Accounts: give the account `Delete Tag` ({TAG_DELETE})"
        yield pages.RIGHTS.at(None, message, fix=fix, severity=Severity.WARNING)


def _expiry(facts: HarborFacts, ends: int, now: int) -> Finding:
    over, days = ends <= now, (ends - now) // 86_400
    left = f"expires in {counted(days, 'day')}" if days else "expires within a day"
    message = f"the robot account {facts.username!r} {'has expired' if over else left}"
    return pages.ROBOT_EXPIRY.at(None, message, severity=Severity.ERROR if over else Severity.WARNING)
