from __future__ import annotations

import pytest

from buildtool.core.registry.harbor_rules import Artifact, Rule, Selector, kept

NOW = 1_707_300_000
DAY = 86_400


@pytest.mark.parametrize(
    ("pattern", "name", "wanted"),
    [
        ("**", "master-abc1234-1707300000", True),
        ("**", "team/app", True),
        ("*", "team/app", False),
        ("*", "unproven", True),
        ("", "unproven", False),
        ("master-*", "master-abc", True),
        ("master-*", "xmaster-abc", False),
        ("unproven", "unproven", True),
        ("{main,master}-*", "master-1", True),
        ("{main,master}-*", "develop-1", False),
        ("v?.[0-9]", "v1.5", True),
        ("v?.[0-9]", "v1.x", False),
        ("v[!0-9]", "vx", True),
        ("v[^0-9]", "v1", False),
        ("a.c", "abc", False),
        ("a+", "aa", False),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        ("{unclosed", "unclosed", False),
        ("[z-a]", "z", False),
        ("}{,[", "x", False),
        ("a,b", "a,b", True),
    ],
)
def test_doublestar(pattern: str, name: str, wanted: bool) -> None:  # noqa: FBT001
    assert Selector(pattern).takes(name) is wanted
    assert Selector(pattern, excludes=True).takes(name) is not wanted


def test_a_rule_takes_a_tag_of_a_repository() -> None:
    rule = Rule("immutable_template", Selector("master-*"), Selector("front*"))
    assert rule.takes("frontend", "master-1")
    assert not rule.takes("backend", "master-1")
    assert not rule.takes("frontend", "unproven")


OLD = Artifact("sha256:old", ("master-1",), NOW - 30 * DAY, NOW - DAY)
MID = Artifact("sha256:mid", ("master-2", "also"), NOW - 5 * DAY)
NEW = Artifact("sha256:new", ("develop-3",), NOW - DAY)
ALL = (OLD, MID, NEW)


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ([], ""),
        ([Rule("always")], "old mid new"),
        ([Rule("always", Selector("master-*"))], "old mid"),
        ([Rule("latestPushedK", amount=1)], "new"),
        ([Rule("latestPushedK", Selector("master-*"), amount=1)], "mid"),
        ([Rule("latestPulledN", amount=1)], "old"),
        ([Rule("nDaysSinceLastPush", amount=7)], "mid new"),
        ([Rule("nDaysSinceLastPull", amount=2)], "old"),
        ([Rule("latestPushedK", amount=1), Rule("nDaysSinceLastPull", amount=2)], "old new"),
        ([Rule("always", repositories=Selector("backend"))], ""),
        ([Rule("a template of a newer Harbor")], "old mid new"),
        ([Rule("latestPushedK", amount=0)], ""),
    ],
)
def test_what_a_run_keeps(rules: list[Rule], wanted: str) -> None:
    assert kept(rules, "frontend", ALL, NOW) == {f"sha256:{name}" for name in wanted.split()}
