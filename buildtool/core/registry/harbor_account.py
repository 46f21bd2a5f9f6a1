"""What is wrong with the account that pushes to a Harbor: its login, its rights, and how long it works."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.findings import Finding, Severity
from buildtool.core.registry.harbor_facts import PUSH, TAG_DELETE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.core.registry.harbor_facts import HarborFacts, Project, Use

_SOON_SECONDS = 14 * 86_400  # a fortnight: time to renew a robot before pushes fail
_NEVER = -1


def account(facts: HarborFacts, uses: Sequence[Use], now: int) -> Iterator[Finding]:
    """`now` in unix seconds."""
    if facts.login is False:
        yield _login(facts)
        return  # of a login that is not taken nothing else is known
    for name, project in facts.projects.items():
        candidates = [use.candidate for use in uses if use.candidate and use.repository.path.startswith(f"{name}/")]
        yield from _rights(facts, name, project, candidates)
    ends = [project.expires for project in facts.projects.values() if project.expires != _NEVER]
    if ends and min(ends) < now + _SOON_SECONDS:
        yield _expiry(facts, min(ends), now)


def _login(facts: HarborFacts) -> Finding:
    if re.match(r"robot(?!\$)", facts.username):
        return Finding(
            "harbor-robot-name",
            Severity.ERROR,
            f"Harbor does not take the login of {facts.username!r}, which looks like a robot's that lost its `$`",
            'robots are named robot$… unless Harbor says otherwise; a shell replaces $… inside "double quotes".',
            "write the name in 'single quotes', or put it in a file",
        )
    return Finding(
        "harbor-login",
        Severity.ERROR,
        f"Harbor does not take the login of {facts.username!r}",
        "the password is wrong, or the account is disabled or has expired.",
        "see in Harbor (project, Robot Accounts) whether it has expired, or docker login again",
    )


def _rights(facts: HarborFacts, name: str, project: Project, candidates: Sequence[str]) -> Iterator[Finding]:
    if project.lacks(PUSH):
        yield Finding(
            "harbor-rights",
            Severity.ERROR,
            f"{facts.username!r} may not push to project {name!r}",
            f"it has no right {PUSH}.",
            "Harbor: project, Robot Accounts or Members: let it push repositories",
        )
    elif project.lacks(TAG_DELETE) and candidates:
        yield Finding(
            "harbor-rights",
            Severity.WARNING,
            f"{facts.username!r} may not delete tags of project {name!r}",
            f"it has no right {TAG_DELETE}: the candidate tag {candidates[0]!r} stays, and rollback cannot hide a tag.",
            "Harbor: project, Robot Accounts: give it `Delete Tag`",
        )


def _expiry(facts: HarborFacts, ends: int, now: int) -> Finding:
    over, days = ends <= now, (ends - now) // 86_400
    return Finding(
        "harbor-robot-expiry",
        Severity.ERROR if over else Severity.WARNING,
        f"the robot account {facts.username!r} {'has expired' if over else f'expires in {days} days'}",
        "from then on every push and pull with it is refused with 401.",
        "Harbor: project, Robot Accounts: give it a new expiry, or make a new one and docker login with it",
    )
