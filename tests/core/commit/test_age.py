from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.commit.age import CommitOrder, PublishedCommit, Verdict, compare

OWN, THERE = "a" * 40, "b" * 40
times = st.integers(0, 2**33)


@pytest.mark.parametrize(
    ("published", "ancestry", "expected"),
    [
        (PublishedCommit("aaaaaaa", None), None, Verdict(CommitOrder.SAME)),
        (PublishedCommit(OWN, 9999), True, Verdict(CommitOrder.SAME)),
        (PublishedCommit(THERE, 1), True, Verdict(CommitOrder.OLDER)),
        (PublishedCommit(THERE, 9999), False, Verdict(CommitOrder.NEWER)),
        (PublishedCommit(THERE, 1001), None, Verdict(CommitOrder.OLDER, by_time=True)),
        (PublishedCommit(THERE, 1000), None, Verdict(CommitOrder.NEWER, by_time=True)),
        (PublishedCommit(THERE, 999), None, Verdict(CommitOrder.NEWER, by_time=True)),
        (PublishedCommit(THERE, None), None, Verdict(CommitOrder.UNKNOWN)),
        (PublishedCommit(THERE, None, 1001), None, Verdict(CommitOrder.UNKNOWN)),
        (PublishedCommit(THERE, None, 1000), None, Verdict(CommitOrder.NEWER, by_time=True)),
        (PublishedCommit(THERE, 1001, 5), None, Verdict(CommitOrder.OLDER, by_time=True)),
    ],
)
def test_which_commit_is_older(published: PublishedCommit, ancestry: bool | None, expected: Verdict) -> None:  # noqa: FBT001
    assert compare(OWN, 1000, published, ancestry) == expected


@given(times, st.one_of(st.none(), times), st.one_of(st.none(), times), st.booleans())
def test_what_the_history_says_is_never_overruled_by_clocks(
    own: int,
    there: int | None,
    built: int | None,
    ancestry: bool,  # noqa: FBT001
) -> None:
    verdict = compare(OWN, own, PublishedCommit(THERE, there, built), ancestry)
    assert verdict == Verdict(CommitOrder.OLDER if ancestry else CommitOrder.NEWER)


@given(times, times)
def test_two_commits_are_not_both_older_than_the_other(one: int, other: int) -> None:
    first = compare(OWN, one, PublishedCommit(THERE, other), None)
    second = compare(THERE, other, PublishedCommit(OWN, one), None)
    assert (first.order is CommitOrder.OLDER) == (one < other)
    assert not (first.order is second.order is CommitOrder.OLDER)
