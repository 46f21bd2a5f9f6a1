"""What the committed policies promise for our own tags."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from buildtool.core.commit.tags import BuildFacts, make_tag
from buildtool.core.flux.manifests import find_policies
from buildtool.core.flux.policy import explain_mismatch, lint, newest_number, select
from buildtool.errors import BuildtoolError
from tests.core.flux.policy.support import COMMITTED, committed, policy

if TYPE_CHECKING:
    from buildtool.core.flux.policy import ImagePolicy

TREE = Path(__file__).parents[4] / "clusters" / "pi-cluster" / "image-automation.yaml"
TIMES = st.integers(1_000_000_000, 9_999_999_999)
SHAS = st.text(alphabet="0123456789abcdef", min_size=40, max_size=40)
DEPLOYED = ("main", "master")


def _tag(branch: str, sha: str, time: int, *, dirty: bool = False) -> str:
    return make_tag(BuildFacts(branch, "--branch", sha, time, dirty)).text


def _committed_policies() -> list[ImagePolicy]:
    return list(find_policies([(TREE.name, TREE.read_text(encoding="utf-8"))]).policies.values())


def test_the_committed_manifests_hold_the_policy_of_these_tests() -> None:
    read = _committed_policies()
    assert {one.name for one in read} >= {"frontend", "backend"}
    assert {one.filter.pattern for one in read if one.filter} == {COMMITTED}


@pytest.mark.parametrize("one", _committed_policies(), ids=lambda one: one.name)
def test_the_committed_policies_have_no_finding(one: ImagePolicy) -> None:
    assert lint(one, branches=DEPLOYED) == []


@settings(max_examples=200, deadline=None)
@given(
    builds=st.dictionaries(TIMES, st.tuples(st.sampled_from(DEPLOYED), SHAS), min_size=1, max_size=12),
    others=st.lists(st.sampled_from(["latest", "unproven", "feature-x-abc1234-9999999999", "v1.2.3"]), max_size=3),
    data=st.data(),
)
def test_the_newest_wins_whatever_the_order(
    builds: dict[int, tuple[str, str]], others: list[str], data: st.DataObject
) -> None:
    tags = [_tag(branch, sha, time) for time, (branch, sha) in builds.items()]
    newest = tags[list(builds).index(max(builds))]
    found = select(committed(), data.draw(st.permutations([*tags, *others])))
    assert (found.winner, found.possible) == (newest, (newest,))
    assert newest_number(committed(), tags) == max(builds)


BRANCHES = st.one_of(
    st.text(min_size=1, max_size=60),
    st.builds(
        "{}{}{}".format, st.sampled_from(DEPLOYED), st.sampled_from("-/_. "), st.text("0123456789abcdef-", max_size=50)
    ),
    st.builds("{}/{}".format, st.text(max_size=8), st.sampled_from(DEPLOYED)),
    st.builds("{}-{}-{}".format, st.sampled_from(DEPLOYED), SHAS, TIMES),
)


@settings(max_examples=600, deadline=None)
@given(branch=BRANCHES, sha=SHAS, length=st.integers(7, 40), time=TIMES, dirty=st.booleans())
def test_no_other_branch_can_make_a_tag_that_is_taken(
    branch: str, sha: str, length: int, time: int, *, dirty: bool
) -> None:
    assume(branch not in DEPLOYED)
    try:
        tag = make_tag(BuildFacts(branch, "--branch", sha, time, dirty), length, DEPLOYED).text
    except BuildtoolError:
        return  # refused: it would make the tags of a deploy branch
    for one in DEPLOYED:
        own = policy(COMMITTED.replace("(?:main|master)", one), "$ts", numerical="asc")
        assert select(own, [tag]).winner is None, tag
    assert select(committed(), [tag]).winner is None, tag
    assert explain_mismatch(committed(), tag).kind == "pattern"


@given(sha=SHAS, time=TIMES)
def test_a_dirty_build_is_never_taken(sha: str, time: int) -> None:
    assert select(committed(), [_tag("main", sha, time, dirty=True)]).winner is None


def test_newest_number_passes_over_what_is_no_number() -> None:
    loose = policy(r"^m-(.*)$", "$1", numerical="asc")
    assert newest_number(loose, ["m-x", "m-1_000", "m-7.9", "m-inf", "m-nan", "z"]) == 1000
    assert newest_number(loose, ["z"]) is None
    assert newest_number(policy("(", numerical=""), ["1"]) is None
    assert newest_number(policy(numerical=""), ["12", "x"]) == 12
