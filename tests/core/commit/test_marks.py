from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.commit.marks import WITHDRAWN, is_mark, is_rolled_back, mark_for, rolled_back, when

A, B, C = (f"main-{sha}-{time}" for sha, time in (("aaaaaaa", 100), ("bbbbbbb", 200), ("ccccccc", 300)))
AGAIN = "main-aaaaaaa-400"


def test_a_mark_names_the_bad_tag() -> None:
    [mark] = rolled_back([A, B, C, mark_for(C), AGAIN])
    assert (mark.mark, mark.tag) == (f"rolled-back-{C}", C)
    assert is_rolled_back(C, [C, mark_for(C)])
    assert not is_rolled_back(B, [B, C, mark_for(C)])
    assert is_mark(mark.mark)
    assert is_mark(mark_for(C, WITHDRAWN))
    assert not is_mark(C)


def test_a_mark_is_over_when_its_commit_was_published_again() -> None:
    assert rolled_back([C, mark_for(C), AGAIN, "main-ccccccc-500"]) == []
    assert rolled_back([C, mark_for(C), "other-ccccccc-500"]) != []
    assert rolled_back([C, mark_for(C), "main-ccccccc-dirty-500"]) != []


def test_when_it_was_rolled_back() -> None:
    [mark] = rolled_back([A, C, mark_for(C), AGAIN])
    assert when(mark, [A, C, AGAIN, "main-ddddddd-900"]) == 400
    assert when(mark, [A, C]) is None


def test_a_foreign_tag_can_be_marked_too() -> None:
    [mark] = rolled_back(["v1.2.3", "rolled-back-v1.2.3"])
    assert (mark.tag, mark.parsed, when(mark, ["v1.2.3"])) == ("v1.2.3", None, None)


@given(st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", fullmatch=True))
def test_every_mark_is_a_tag(tag: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", mark_for(tag))


@given(st.from_regex(r"[a-z][a-z0-9-]{0,90}", fullmatch=True), st.integers(1, 10**10 - 1))
def test_commit_and_time_stay_in_the_mark_of_a_long_tag(branch: str, time: int) -> None:
    [mark] = rolled_back([mark_for(f"{branch}-abc1234-{time}")])
    assert mark.parsed is not None
    assert (mark.parsed.sha, mark.parsed.time) == ("abc1234", time)


@pytest.mark.parametrize(
    ("tags", "in_force"),
    [
        ([], True),
        (["main-abc1234-1700000001"], False),
        (["main-abc1234-1699999999"], True),
        (["main-abc1234-1700000000"], True),
        (["main-abc1234-dirty-1700000001"], True),
        (["main-fffffff-1700000001"], True),
        (["feature-main-abc1234-1700000001"], True),
        (["in-abc1234-1700000001", "x-main-abc1234-1700000001"], True),
        (["latest", "main-abc1234"], True),
    ],
)
def test_a_mark_is_over_only_by_its_own_branch_and_commit_under_a_newer_time(
    tags: list[str], *, in_force: bool
) -> None:
    """A build of another branch says nothing about this one, whatever its name ends with."""
    bad = "main-abc1234-1700000000"
    assert is_rolled_back(bad, [mark_for(bad), *tags]) is in_force


def test_the_mark_of_a_tag_that_was_cut_is_over_by_its_end() -> None:
    long = f"{'x' * 100}-abc1234-1700000000"
    again = f"{'x' * 100}-abc1234-1700000009"
    assert len(mark_for(long)) == 128
    assert is_rolled_back(long, [mark_for(long)])
    assert not is_rolled_back(long, [mark_for(long), again])


@given(st.lists(st.sampled_from([f"main-abc{number}234-170000000{number}" for number in range(5)]), unique=True))
def test_marks_come_oldest_first_in_whatever_order_the_registry_lists_them(bad: list[str]) -> None:
    marks = [mark_for(tag) for tag in bad]
    assert [mark.tag for mark in rolled_back(marks)] == sorted(bad, key=lambda tag: tag[-10:])
    assert rolled_back(marks) == rolled_back(reversed(marks))
    assert all(is_mark(mark) for mark in marks)
