"""One pattern: cleaned as Go cleans paths, and the same answer from both engines."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from buildtool.core.build.ignorepattern import go_clean, pattern


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [
        ("", "."),
        ("a//b/", "a/b"),
        ("./a", "a"),
        ("a/../..", ".."),
        ("../../a", "../../a"),
        ("/..", "/"),
        ("/../a", "/a"),
        ("a/..", "."),
        ("!../a", "!../a"),
        ("!a/../b", "b"),
    ],
)
def test_a_path_is_cleaned_as_go_does(path: str, cleaned: str) -> None:
    assert go_clean(path) == cleaned


@given(st.text("ab/.*!", max_size=12))
def test_cleaning_twice_is_cleaning_once(path: str) -> None:
    once = go_clean(path)
    assert go_clean(once) == once
    assert once.startswith("/") == path.startswith("/")


def test_a_pattern_knows_whether_it_takes_back() -> None:
    assert (pattern("!a").negated, pattern("!a").text) == (True, "a")
    assert not pattern("a").negated


PIECES = ["a", "b", "/", "*", "?", "**", "**/", "[ab]", "[^a-b]", ".", "-", "!", "*a", "ä", "\\*"]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join), st.text("ab/.-ä^\n*", max_size=9))
def test_both_engines_agree(text: str, path: str) -> None:
    """What `re` is trusted with, RE2 answers alike."""
    one = pattern("x*" + text)
    assume(one._translation[0] == "regexp")  # `x**` is compared by its beginning, without an engine
    plain, longest = one._plain
    if plain is not None and len(path) < longest:
        assert (plain.match("x" + path) is not None) == (one._re2.search(b"x" + path.encode()) is not None)
    assert one.matches("x" + path) == (one._re2.search(b"x" + path.encode()) is not None)


def test_a_hostile_pattern_takes_linear_time() -> None:
    """Ten undecided repeats over 4,000 characters: backtracking would take longer than anyone waits."""
    one = pattern("**/" + "a*" * 10 + "b")
    assert not one.matches("a" * 4000)
    assert one.matches("a" * 4000 + "b")
