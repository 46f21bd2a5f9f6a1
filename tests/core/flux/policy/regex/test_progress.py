"""Where a text no longer fits a pattern, and what would have fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.policy.regex.parser import parse
from buildtool.core.flux.policy.regex.progress import END, first_difference

if TYPE_CHECKING:
    from buildtool.core.flux.policy.regex.progress import Difference


def difference(pattern: str, text: str) -> Difference | None:
    return first_difference(parse(pattern), text)


@pytest.mark.parametrize(
    ("pattern", "text", "position"),
    [
        ("^main-x$", "mein-x", 1),
        ("^main-x$", "main", 4),
        ("^main-x$", "main-xy", 6),
        ("^main-x$", "", 0),
        ("^(?:main|master)-x$", "mastor-x", 4),
        ("^[0-9]{3}$", "12a", 2),
        ("^[0-9]{3}$", "12", 2),
        ("^a+b$", "aaac", 3),
        ("^(a|b)*c$", "abad", 3),
        ("x$", "abcxy", 4),
    ],
)
def test_the_first_place(pattern: str, text: str, position: int) -> None:
    found = difference(pattern, text)
    assert found is not None
    assert found.position == position
    assert found.wanted


def test_what_is_wanted_there() -> None:
    found = difference("^main$", "mainly")
    assert found is not None
    assert found.wanted == (END,)


LETTERS = st.text(alphabet="abc", min_size=1, max_size=8)


@given(LETTERS, LETTERS)
def test_of_two_literal_texts_it_is_the_end_of_what_they_share(wanted: str, text: str) -> None:
    if wanted != text:
        shared = next(
            (n for n, (a, b) in enumerate(zip(wanted, text, strict=False)) if a != b), min(len(wanted), len(text))
        )
        found = difference(f"^{wanted}$", text)
        assert found is not None
        assert found.position == shared


@given(LETTERS, st.sampled_from(["^[ab]*c$", "^(?:ab)+$", "^a{2,3}b?$", "^a.c$", "b$"]))
def test_the_place_is_in_the_text_or_at_its_end(text: str, pattern: str) -> None:
    found = difference(pattern, text)
    assert found is None or 0 <= found.position <= len(text)


@pytest.mark.parametrize(
    ("pattern", "text"), [("^main-x$", "main-x"), ("a", "xay"), ("", "x"), ("^(?:a|b)+$", "abba"), (r"\bx\b", "a x b")]
)
def test_a_text_that_is_taken_differs_nowhere(pattern: str, text: str) -> None:
    assert difference(pattern, text) is None


@pytest.mark.parametrize("pattern", ["(" * 200 + "a" + ")" * 200, "(?:a{1000}){1,1}b{1000}c{1000}d{1000}e{1000}"])
def test_a_pattern_that_is_too_large_is_not_explained(pattern: str) -> None:
    assert difference(pattern, "x") is None
