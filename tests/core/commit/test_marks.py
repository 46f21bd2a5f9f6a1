from __future__ import annotations

import re

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
