from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.registry.harbor_rules import NEVER, Artifact, Selector, TagRule
from buildtool.core.registry.retention import Fate, UnknownRuleError, judge
from tests.vectors import retention

VECTORS = Path(__file__).parents[4] / "shared" / "conformance" / "harbor-retention-vectors.jsonl"
NOW = 1_707_300_000
DAY = 86_400

OLD = Artifact("old", ("master-1",), NOW - 30 * DAY, NOW - DAY)
MID = Artifact("mid", ("master-2", "also"), NOW - 5 * DAY)
NEW = Artifact("new", ("develop-3",), NOW - DAY)
BARE = Artifact("bare", (), NOW - 40 * DAY)
ALL = (NEW, MID, OLD, BARE)


def rule(template: str, pattern: str = "**", amount: int | None = None, **more: bool) -> TagRule:
    return TagRule(template, (Selector(pattern, **more),), amount=amount)


def kept(*rules: TagRule, artifacts: tuple[Artifact, ...] = ALL, now: int = NOW) -> str:
    fates = judge(rules, "frontend", artifacts, now)
    assert list(fates) == [artifact.digest for artifact in artifacts]
    return " ".join(digest for digest, fate in fates.items() if fate is Fate.RETAIN)


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ([rule("always")], "new mid old bare"),
        ([rule("always", "master-*")], "mid old bare"),
        ([rule("always", "master-*", untagged=False)], "mid old"),
        ([rule("always", "master-*", excludes=True)], "new mid bare"),
        ([rule("latestPushedK", amount=1)], "new"),
        ([rule("latestPushedK", amount=4)], "new mid old bare"),
        ([rule("latestPushedK", amount=0)], ""),
        ([rule("latestPushedK", amount=-1)], "new mid old bare"),
        ([rule("latestPushedK")], "new mid old bare"),
        ([rule("latestPushedK", "master-*", amount=1)], "mid"),
        ([rule("latestPulledN", amount=1)], "old"),
        ([rule("latestPulledN", amount=2)], "new old"),
        ([rule("latestActiveK", amount=2)], "new old"),
        ([rule("nDaysSinceLastPush", amount=7)], "new mid"),
        ([rule("nDaysSinceLastPush", amount=5)], "new mid"),
        ([rule("lastXDays", amount=5)], "new"),
        ([rule("lastXDays")], "new mid"),
        ([rule("nDaysSinceLastPush")], "new mid old"),
        ([rule("nDaysSinceLastPull", amount=2)], "old"),
        ([rule("latestPushedK", amount=1), rule("nDaysSinceLastPull", amount=2)], "new old"),
    ],
)
def test_what_a_run_keeps(rules: list[TagRule], wanted: str) -> None:
    assert kept(*rules) == wanted


def test_selectors_for_tags_must_all_agree() -> None:
    both = TagRule("always", (Selector("master-*", untagged=False), Selector("*-2", untagged=False)))
    assert kept(both) == "mid"


def test_where_nothing_runs_nothing_goes() -> None:
    everything = "new mid old bare"
    backend = TagRule("latestPushedK", repositories=(Selector("backend"),), amount=0)
    assert kept() == everything
    assert kept(backend) == everything
    assert kept(TagRule("latestPushedK", (), amount=0)) == everything
    assert kept(rule("latestPushedK", "[", amount=0)) == everything
    assert kept(rule("latestPushedK", amount=0), TagRule("always", repositories=(Selector("["),))) == everything
    assert kept(backend, rule("latestPushedK", amount=1)) == "new"


def test_what_is_immutable_survives() -> None:
    locked = dataclasses.replace(OLD, immutable=True)
    fates = judge([rule("latestPushedK", amount=1)], "frontend", (NEW, MID, locked), NOW)
    assert fates == {"new": Fate.RETAIN, "mid": Fate.DEL, "old": Fate.IMMUTABLE}
    assert judge([rule("always")], "frontend", (locked,), NOW) == {"old": Fate.RETAIN}


def test_a_rule_of_a_newer_harbor() -> None:
    with pytest.raises(UnknownRuleError, match="fewestBytes"):
        kept(rule("fewestBytes", amount=1))
    assert kept(TagRule("fewestBytes", repositories=(Selector("backend"),))) == "new mid old bare"


def test_more_days_than_64_bits_of_nanoseconds_hold() -> None:
    assert kept(rule("nDaysSinceLastPush", amount=106_751)) == "new mid old bare"
    assert kept(rule("nDaysSinceLastPush", amount=106_752)) == ""
    never = Artifact("never", ("a",), NEVER, NEVER)
    assert kept(rule("nDaysSinceLastPull", amount=100_000), artifacts=(never,)) == ""


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8), st.integers(0, 9))
def test_a_count_keeps_so_many_of_the_newest(times: list[tuple[int, int]], amount: int) -> None:
    artifacts = tuple(Artifact(str(number), ("t",), pushed, pulled) for number, (pushed, pulled) in enumerate(times))
    fates = judge([rule("latestPushedK", amount=amount)], "frontend", artifacts, NOW)
    stay = [one.pushed for one in artifacts if fates[one.digest] is Fate.RETAIN]
    gone = [one.pushed for one in artifacts if fates[one.digest] is Fate.DEL]
    assert len(stay) == min(amount, len(artifacts))
    assert not stay or not gone or min(stay) >= max(gone)


@pytest.mark.skipif(not VECTORS.exists(), reason="the vectors are not here")
def test_the_dry_runs_of_a_real_harbor() -> None:
    rows = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows if retention.answer(row)["harbor"] != row["harbor"]] == []


# --- laws

TEMPLATES = st.sampled_from(
    [
        "always",
        "latestPushedK",
        "latestPulledN",
        "latestActiveK",
        "nDaysSinceLastPush",
        "nDaysSinceLastPull",
        "lastXDays",
    ]
)
RULES = st.lists(
    st.builds(rule, TEMPLATES, st.sampled_from(["**", "master-*", "x"]), st.integers(0, 5) | st.none()), max_size=3
)
SOME = st.lists(
    st.builds(
        Artifact,
        st.uuids().map(str),
        st.sampled_from([(), ("master-1",), ("x",), ("master-2", "x")]),
        st.integers(0, 40).map(lambda days: NOW - days * DAY),
        st.integers(0, 40).map(lambda days: NOW - days * DAY),
        st.booleans(),
    ),
    max_size=6,
).map(tuple)


def stays(rules: list[TagRule], artifacts: tuple[Artifact, ...]) -> set[str]:
    fates = judge(rules, "frontend", artifacts, NOW)
    return {digest for digest, fate in fates.items() if fate is not Fate.DEL}


@given(RULES, RULES, SOME)
def test_one_rule_more_takes_nothing_away(
    rules: list[TagRule], more: list[TagRule], some: tuple[Artifact, ...]
) -> None:
    if rules:
        assert stays(rules, some) <= stays([*rules, *more], some)
        assert stays(rules, some) == stays(rules[::-1], some)
        assert stays(rules, some) == stays(rules * 2, some)


@given(TEMPLATES, st.integers(0, 6), SOME)
def test_a_greater_amount_keeps_no_less(template: str, amount: int, some: tuple[Artifact, ...]) -> None:
    assert stays([rule(template, amount=amount)], some) <= stays([rule(template, amount=amount + 1)], some)


@given(RULES, SOME)
def test_an_immutable_artifact_always_stays(rules: list[TagRule], some: tuple[Artifact, ...]) -> None:
    assert {one.digest for one in some if one.immutable} <= stays(rules, some)


@given(SOME)
def test_without_a_rule_everything_stays(some: tuple[Artifact, ...]) -> None:
    assert stays([], some) == {one.digest for one in some}
    assert stays([rule("always")], some) == {one.digest for one in some}


@given(RULES, SOME, st.integers(0, 20))
def test_time_alone_keeps_nothing_that_was_lost(rules: list[TagRule], some: tuple[Artifact, ...], days: int) -> None:
    """What a run deletes today, one of the same rules deletes tomorrow."""
    later = judge(rules, "frontend", some, NOW + days * DAY)
    assert {digest for digest, fate in later.items() if fate is not Fate.DEL} <= stays(rules, some)
