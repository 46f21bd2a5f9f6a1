from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.text.suggestions import did_you_mean, nearest

KNOWN = ["frontend", "backend", "registry.insecure"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("fronted", "; did you mean frontend?"),
        ("BACKEND", "; did you mean backend?"),
        ("registry.insecur", "; did you mean registry.insecure?"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_the_nearest_word_or_nothing(word: str, meant: str) -> None:
    assert did_you_mean(word, KNOWN) == meant


def test_the_known_word_is_written_as_it_is_known() -> None:
    assert nearest("dockerfile.frontent", ["Dockerfile.backend", "Dockerfile.frontend"]) == ["Dockerfile.frontend"]


def test_no_more_than_are_asked_for_and_the_nearest_first() -> None:
    assert nearest("abcd", ["abce", "abcd", "abxx", "abcf"], 2)[0] == "abcd"
    assert len(nearest("abcd", ["abce", "abcd", "abxx", "abcf"], 2)) == 2
    assert nearest("abcd", []) == []


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=10))
def test_only_known_words_are_suggested(word: str, known: list[str]) -> None:
    assert set(nearest(word, known, 3)) <= set(known)


def test_only_the_first_eighty_characters_of_a_word_are_compared() -> None:
    assert nearest("a" * 100_000, ["a" * 80]) == ["a" * 80]


def test_only_the_first_five_thousand_known_words_are_compared() -> None:
    others = [f"{number:08d}" for number in range(5000)]
    assert nearest("frontend", [*others[:-1], "frontend"]) == ["frontend"]
    assert nearest("frontend", [*others, "frontend"]) == []
