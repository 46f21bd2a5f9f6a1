from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.commit.tags import BuildFacts, make_tag, parse_tag, sanitise
from buildtool.errors import BRANCH_COLLISION, GIT_BAD_BRANCH, BuildtoolError

SHA = "abc1234def5678900987654321fedcbaabc1234d"
TIME = 1_707_300_000
LEGAL = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}", re.ASCII)
COMMITTED_POLICY = re.compile(r"^(?:main|master)-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})\Z")

facts_of_a_build = st.builds(
    BuildFacts,
    branch=st.text(min_size=1, max_size=300),
    branch_source=st.just("HEAD"),
    sha=st.text("0123456789abcdef", min_size=40, max_size=40),
    time=st.integers(1, 2**53),
    dirty=st.booleans(),
)


def facts(branch: str, *, dirty: bool = False, sha: str = SHA, time: int = TIME) -> BuildFacts:
    return BuildFacts(branch, "HEAD", sha, time, dirty)


NAMES = {
    "main": "main-abc1234-1707300000",
    "feature/main": "feature-main-abc1234-1707300000",
    "a//b": "a--b-abc1234-1707300000",
    "-x": "x-x-abc1234-1707300000",
    "_main": "x-main-abc1234-1707300000",
    "-": "x--abc1234-1707300000",
    "//": "x---abc1234-1707300000",
    "release/1.2_rc": "release-1-2-rc-abc1234-1707300000",
    "Ünïcode": "x-n-code-abc1234-1707300000",
    "日本": "x---abc1234-1707300000",
    "fix-😀": "fix---abc1234-1707300000",
    "e\u0301": "e--abc1234-1707300000",
    "HEAD": "HEAD-abc1234-1707300000",
    "UPPER.lower": "UPPER-lower-abc1234-1707300000",
    "1": "1-abc1234-1707300000",
    "a\nb": "a-b-abc1234-1707300000",
    "٣": "x--abc1234-1707300000",
}


@pytest.mark.parametrize(("branch", "expected"), NAMES.items())
def test_the_tag_of_a_branch(branch: str, expected: str) -> None:
    tag = make_tag(facts(branch))
    assert tag.text == expected
    assert bool(tag.notes) == (tag.branch != branch), "what was replaced is said"


def test_300_characters_lose_only_the_end_of_the_branch() -> None:
    tag = make_tag(facts("b" * 300, dirty=True), 40)
    assert len(tag.text) == 128
    assert tag.text == "b" * (128 - 58) + f"-{SHA}-dirty-{TIME}"
    assert tag.notes == ("the branch part is cut from 300 to 70 characters: a tag has at most 128",)


def test_a_note_says_which_characters() -> None:
    assert make_tag(facts("feature/a.b")).notes == (
        'branch "feature/a.b" is written "feature-a-b": a tag of ours does not hold . /',
    )
    assert make_tag(facts("-x")).notes == ('branch "-x" is written "x-x": a tag of ours does not hold a leading -',)
    assert "\\x1b" in make_tag(facts("a\x1b[31mb")).notes[0], "no terminal codes from a branch's name"


def test_dirty_and_length() -> None:
    assert make_tag(facts("main", dirty=True)).text == "main-abc1234-dirty-1707300000"
    assert make_tag(facts("main"), 12).text == "main-abc1234def56-1707300000"
    assert make_tag(facts("main", sha="f" * 64), 40).text == f"main-{'f' * 40}-1707300000"


def test_a_name_that_is_empty_makes_no_tag() -> None:
    with pytest.raises(BuildtoolError) as caught:
        make_tag(facts(""))
    assert caught.value.kind is GIT_BAD_BRANCH


@pytest.mark.parametrize(
    ("branch", "known", "refused"),
    [
        ("release/1", ("release-1",), True),
        ("release-1", ("release/1", "release-1"), True),
        ("release-1", ("release-1", "main"), False),
        ("x-main", ("_main",), True),
        ("main", ("main", "master"), False),
        ("feature/main", ("main", "master"), False),
        ("a" * 200 + "1", ("a" * 200 + "2",), True),
        ("main", ("",), False),
    ],
)
def test_another_deploy_branchs_tags_are_refused(branch: str, known: tuple[str, ...], *, refused: bool) -> None:
    if not refused:
        assert make_tag(facts(branch), 7, known).branch == sanitise(branch)
        return
    with pytest.raises(BuildtoolError) as caught:
        make_tag(facts(branch), 7, known)
    assert caught.value.kind is BRANCH_COLLISION


@pytest.mark.parametrize(("sha", "length", "time"), [("abc", 7, 1), (SHA.upper(), 7, 1), (SHA, 6, 1), (SHA, 7, 0)])
def test_what_are_no_facts_is_a_bug(sha: str, length: int, time: int) -> None:
    with pytest.raises(ValueError, match="not the facts of a build"):
        make_tag(facts("main", sha=sha, time=time), length)


@given(facts_of_a_build, st.integers(7, 40))
def test_every_tag_is_legal_and_reads_back(build: BuildFacts, length: int) -> None:
    tag = make_tag(build, length)
    assert LEGAL.fullmatch(tag.text)
    read = parse_tag(tag.text)
    assert read is not None
    assert (read.branch, read.time, read.dirty) == (tag.branch, build.time, build.dirty)
    assert build.sha[:length] == read.sha
    assert set(sanitise(build.branch)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


NEAR_MISSES = st.sampled_from(["main", "master"]).flatmap(
    lambda name: st.tuples(st.text("/_-a0", max_size=3), st.just(name), st.text("-/a0123456789", max_size=30))
)


@given(NEAR_MISSES.map("".join) | st.text(min_size=1, max_size=40), st.booleans(), st.integers(7, 40))
def test_the_committed_policy_takes_only_clean_builds_of_its_branches(branch: str, dirty: bool, length: int) -> None:  # noqa: FBT001 -- hypothesis's
    taken = COMMITTED_POLICY.match(make_tag(facts(branch, dirty=dirty), length).text)
    assert bool(taken) == (branch in {"main", "master"} and not dirty)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "latest",
        "abc1234",
        "main-abc123-1707300000",
        "main-ABC1234-1707300000",
        "main-abc1234-",
        "-abc1234-1",
        "main-abc1234-01",
        "main-abc1234-1707300000\n",
        "ma.in-abc1234-1",
        "main-abc1234-" + "9" * 20,
        "a" * 200,
    ],
)
def test_what_is_no_tag_of_ours(text: str) -> None:
    assert parse_tag(text) is None
