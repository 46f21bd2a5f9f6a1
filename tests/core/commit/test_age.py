from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.commit.age import Age, Published, Verdict, compare

OWN, THERE = "a" * 40, "b" * 40
times = st.integers(0, 2**33)


@pytest.mark.parametrize(
    ("published", "ancestry", "expected"),
    [
        (Published("aaaaaaa", None), None, Verdict(Age.SAME)),
        (Published(OWN, 9999), True, Verdict(Age.SAME)),
        (Published(THERE, 1), True, Verdict(Age.OLDER)),
        (Published(THERE, 9999), False, Verdict(Age.NEWER)),
        (Published(THERE, 1001), None, Verdict(Age.OLDER, by_time=True)),
        (Published(THERE, 1000), None, Verdict(Age.NEWER, by_time=True)),
        (Published(THERE, 999), None, Verdict(Age.NEWER, by_time=True)),
        (Published(THERE, None), None, Verdict(Age.UNKNOWN)),
        (Published(THERE, None, 1001), None, Verdict(Age.UNKNOWN)),
        (Published(THERE, None, 1000), None, Verdict(Age.NEWER, by_time=True)),
        (Published(THERE, 1001, 5), None, Verdict(Age.OLDER, by_time=True)),
    ],
)
def test_which_commit_is_older(published: Published, ancestry: bool | None, expected: Verdict) -> None:  # noqa: FBT001
    assert compare(OWN, 1000, published, ancestry) == expected


@given(times, st.one_of(st.none(), times), st.one_of(st.none(), times), st.booleans())
def test_what_the_history_says_is_never_overruled_by_clocks(
    own: int,
    there: int | None,
    built: int | None,
    ancestry: bool,  # noqa: FBT001
) -> None:
    verdict = compare(OWN, own, Published(THERE, there, built), ancestry)
    assert verdict == Verdict(Age.OLDER if ancestry else Age.NEWER)


@given(times, times)
def test_two_commits_are_not_both_older_than_the_other(one: int, other: int) -> None:
    first = compare(OWN, one, Published(THERE, other), None)
    second = compare(THERE, other, Published(OWN, one), None)
    assert (first.age is Age.OLDER) == (one < other)
    assert not (first.age is second.age is Age.OLDER)
