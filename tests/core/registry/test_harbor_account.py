"""The account that pushes to Harbor: its login, its rights, the day it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.image.names import Repository
from buildtool.core.registry.harbor_account import account
from buildtool.core.registry.harbor_facts import PUSH, TAG_DELETE, HarborFacts, Project, Use
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from buildtool.errors.findings import Finding

NOW, DAY = 1_700_000_000, 86_400
WEB = Use(Repository("h", "shop/web"), "main-abc1234-1700000000", "unproven")
BY_DIGEST = Use(Repository("h", "shop/web"), "main-abc1234-1700000000", None)
BOTH = frozenset({PUSH, TAG_DELETE})


def found(project: Project, *uses: Use, username: str = "robot$ci", login: bool | None = True) -> list[Finding]:
    facts = HarborFacts("http://h", username=username, login=login, projects={"shop": project})
    return list(account(facts, uses or [WEB], NOW))


@pytest.mark.parametrize(
    ("username", "code"),
    [
        ("robot$ci", "harbor-login"),
        ("robotci", "harbor-robot-name"),
        ("robot-ci", "harbor-robot-name"),
        ("robot", "harbor-robot-name"),
        ("admin", "harbor-login"),
        ("myrobot", "harbor-login"),
        ("", "harbor-login"),
    ],
)
def test_a_login_that_is_not_taken_is_the_one_finding(username: str, code: str) -> None:
    """Rights and expiry of an account that Harbor does not know are nobody's."""
    [finding] = found(Project(there=True, rights=frozenset(), expires=1), username=username, login=False)
    assert finding.code == code
    assert repr(username) in finding.message
    assert finding.place is None


@pytest.mark.parametrize("login", [True, None])
def test_a_login_that_is_taken_or_not_known_is_no_finding(login: bool | None) -> None:  # noqa: FBT001
    assert found(Project(there=True, rights=BOTH), login=login) == []


@pytest.mark.parametrize(
    ("rights", "use", "severity", "words"),
    [
        (BOTH, WEB, None, ""),
        (None, WEB, None, ""),
        (frozenset({PUSH}), WEB, Severity.WARNING, "candidate tag 'unproven' stays"),
        (frozenset({PUSH}), BY_DIGEST, None, ""),
        (frozenset({TAG_DELETE}), WEB, Severity.ERROR, f"it lacks {PUSH}"),
        (frozenset(), WEB, Severity.ERROR, f"it lacks {PUSH}"),
        (frozenset(), BY_DIGEST, Severity.ERROR, f"it lacks {PUSH}"),
    ],
)
def test_rights(rights: frozenset[str] | None, use: Use, severity: Severity | None, words: str) -> None:
    findings = found(Project(there=True, rights=rights), use)
    assert [(one.code, one.severity) for one in findings] == ([("harbor-rights", severity)] if severity else [])
    assert all(words in one.message for one in findings)


def test_only_the_candidates_of_the_project_count() -> None:
    elsewhere = Use(Repository("h", "shopping/web"), "t", "unproven")
    assert found(Project(there=True, rights=frozenset({PUSH})), elsewhere) == []


@pytest.mark.parametrize(
    ("expires", "severity", "words"),
    [
        (-1, None, ""),
        (NOW + 14 * DAY, None, ""),
        (NOW + 14 * DAY - 1, Severity.WARNING, "expires in 13 days"),
        (NOW + DAY, Severity.WARNING, "expires in 1 day"),
        (NOW + 1, Severity.WARNING, "expires within a day"),
        (NOW, Severity.ERROR, "has expired"),
        (0, Severity.ERROR, "has expired"),
    ],
)
def test_the_end_of_a_robot_account(expires: int, severity: Severity | None, words: str) -> None:
    findings = found(Project(there=True, rights=BOTH, expires=expires))
    assert [(one.code, one.severity) for one in findings] == ([("harbor-robot-expiry", severity)] if severity else [])
    assert all(words in one.message for one in findings)


@given(st.lists(st.integers(0, 40).map(lambda days: NOW + days * DAY) | st.just(-1), min_size=1, max_size=5))
def test_of_several_projects_the_first_end_counts(ends: list[int]) -> None:
    projects = {f"p{number}": Project(there=True, rights=BOTH, expires=end) for number, end in enumerate(ends)}
    findings = list(account(HarborFacts("http://h", username="robot$ci", login=True, projects=projects), [], NOW))
    known = [end for end in ends if end != -1]
    soon = bool(known) and min(known) < NOW + 14 * DAY
    assert len(findings) == soon
    if soon and min(known) > NOW:
        days = (min(known) - NOW) // DAY
        assert f"in {days} day{'s' if days > 1 else ''}" in findings[0].message
