"""A Harbor project and an image: each setting at its edge, alone and beside others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.image.names import Repository
from buildtool.core.registry.harbor_facts import Project, Use
from buildtool.core.registry.harbor_project import settings
from buildtool.core.registry.harbor_rules import Artifact, Selector, TagRule
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from buildtool.errors.findings import Finding

NOW, DAY = 1_700_000_000, 86_400
FINAL, OLD = "main-abc1234-1700000000", "main-0000000-1600000000"
USE = Use(Repository("h", "shop/web"), FINAL, "unproven", deployed=OLD)
GOOD = Project(there=True, public=True)


def found(project: Project, use: Use = USE) -> list[Finding]:
    return list(settings("shop", project, use, "web", NOW))


def codes(project: Project, use: Use = USE) -> list[tuple[str, Severity]]:
    return [(one.code.removeprefix("harbor-"), one.severity) for one in found(project, use)]


@pytest.mark.parametrize(
    ("quota", "used", "severity"),
    [
        (-1, 10**12, None),
        (0, 10**12, None),
        (100, 89, None),
        (100, 90, Severity.WARNING),
        (100, 99, Severity.WARNING),
        (100, 100, Severity.ERROR),
        (100, 500, Severity.ERROR),
        (10**13, 9 * 10**12 - 1, None),
        (10**13, 9 * 10**12, Severity.WARNING),
    ],
)
def test_the_quota(quota: int, used: int, severity: Severity | None) -> None:
    expected = [("quota", severity)] if severity else []
    assert codes(replace(GOOD, quota=quota, used=used)) == expected


@given(st.integers(1, 10**13), st.integers(0, 10**13), st.integers(0, 10**6))
def test_more_that_is_used_is_never_less_grave(quota: int, used: int, more: int) -> None:
    order = [None, Severity.WARNING, Severity.ERROR]
    before, after = (
        next((severity for _, severity in codes(replace(GOOD, quota=quota, used=one))), None)
        for one in (used, used + more)
    )
    assert order.index(before) <= order.index(after)


def rule(pattern: str, repository: str = "**", *, excludes: bool = False) -> TagRule:
    return TagRule("immutable_template", (Selector(pattern, excludes=excludes),), (Selector(repository),))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], []),
        ([rule("**")], ["immutable-candidate", "immutable-final"]),
        ([rule("unproven")], ["immutable-candidate"]),
        ([rule("main-*")], ["immutable-final"]),
        ([rule("unproven", excludes=True)], ["immutable-final"]),
        ([rule("**", "api")], []),
        ([rule("**", "w*")], ["immutable-candidate", "immutable-final"]),
        ([rule("[")], []),
        ([rule("x"), rule("unproven")], ["immutable-candidate"]),
    ],
)
def test_immutability(rules: list[TagRule], expected: list[str]) -> None:
    project = replace(GOOD, immutable=tuple(rules))
    assert [code for code, _ in codes(project)] == expected
    by_digest = replace(USE, candidate=None)
    assert [code for code, _ in codes(project, by_digest)] == [one for one in expected if one != "immutable-candidate"]


def stored(*artifacts: Artifact, retention: tuple[TagRule, ...] = (), immutable: tuple[TagRule, ...] = ()) -> Project:
    return replace(GOOD, artifacts={"shop/web": artifacts}, retention=retention, immutable=immutable)


DEPLOYED, NEWER = Artifact("d", (OLD,), NOW - 9 * DAY), Artifact("n", ("x",), NOW - DAY)
ONE = (TagRule("latestPushedK", amount=1),)


@pytest.mark.parametrize(
    ("project", "said"),
    [
        (stored(NEWER, DEPLOYED, retention=ONE), [f"would delete '{OLD}', which Flux selects"]),
        (stored(NEWER, DEPLOYED, retention=(TagRule("latestPushedK", amount=2),)), []),
        (stored(NEWER, DEPLOYED), []),
        (stored(NEWER, retention=ONE), []),
        (stored(DEPLOYED, retention=ONE), []),
        (stored(NEWER, replace(DEPLOYED, immutable=True), retention=ONE), []),
        (stored(NEWER, DEPLOYED, retention=ONE, immutable=(rule("main-0*"),)), []),
        (stored(NEWER, DEPLOYED, retention=(TagRule("always"), *ONE)), []),
        (replace(stored(NEWER, DEPLOYED, retention=ONE), artifacts={"shop/api": (NEWER, DEPLOYED)}), []),
        (stored(NEWER, DEPLOYED, retention=(TagRule("someday"),)), ["a retention rule 'someday', which buildtool"]),
    ],
)
def test_retention(project: Project, said: list[str]) -> None:
    messages = [one.message for one in found(project)]
    assert len(messages) == len(said)
    assert all(words in message for words, message in zip(said, messages, strict=True))


def test_a_tag_that_the_manifests_name_is_needed_as_much() -> None:
    use = replace(USE, deployed="x", committed=(OLD,))
    [finding] = found(stored(NEWER, DEPLOYED, retention=ONE), use)
    assert finding.message.endswith(f"would delete '{OLD}', which the manifests here name")


@pytest.mark.parametrize(
    ("project", "watched", "expected"),
    [
        (replace(GOOD, public=False), "flux-system/web", ["private"]),
        (replace(GOOD, public=False), None, []),
        (replace(GOOD, public=None), "flux-system/web", []),
        (replace(GOOD, proxies=True), None, ["proxy"]),
        (replace(GOOD, there=False), None, ["project-missing"]),
        (replace(GOOD, there=None), None, ["unseen"]),
        (replace(GOOD, unseen=("quota", "scanning")), None, ["unseen"]),
        (replace(GOOD, prevents_vulnerable=True), None, ["scan"]),
        (replace(GOOD, scans_on_push=True), None, []),
    ],
)
def test_access_and_scans(project: Project, watched: str | None, expected: list[str]) -> None:
    assert [code for code, _ in codes(project, replace(USE, watched=watched))] == expected
