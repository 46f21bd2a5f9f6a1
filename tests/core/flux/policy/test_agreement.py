"""Python's engine runs the subset of patterns on which it and RE2 give the same answer; here both are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildtool.core.flux.policy.failure import PolicyFailure
from buildtool.core.flux.policy.filter import Filtered, compile_filter
from buildtool.core.flux.policy.regex.python_dialect import to_lines

if TYPE_CHECKING:
    from buildtool.core.flux.policy.filter import TagFilter

PIECES = [
    "a",
    "b",
    "k",
    "-",
    "\\.",
    "[a-f0-9]",
    "[^-]",
    "\\d",
    "\\w",
    "\\W",
    ".",
    "[[:alpha:]]",
    "\\pL",
    "main",
    "x|y",
    "$",
]
TIMES = ["", "", "", "*", "+", "?", "{2}", "{0,3}", "{1,}", "*?", "+?", "??"]
FRAMES = ["{}", "({})", "(?:{})", "(?P<n>{})", "(?i:{})", "(?:{}|a)", "\\b{}", "(?U:{})"]
EXTRACTS = ["", "$1", "$n", "$0", "${1}x$n", "$nope", "lit"]


@st.composite
def patterns(draw: st.DrawFn) -> str:
    pieces = []
    for _ in range(draw(st.integers(1, 6))):
        piece = draw(st.sampled_from(FRAMES)).format(draw(st.sampled_from(PIECES)))
        pieces.append(piece + draw(st.sampled_from(TIMES)))
    return draw(st.sampled_from(["", "^"])) + "".join(pieces) + draw(st.sampled_from(["", "$"]))


TAGS = st.lists(st.text(alphabet="abkKx-._019mainZ\t ", max_size=14), max_size=12)


def _compiled(pattern: str, extract: str) -> TagFilter | None:
    try:
        return compile_filter(pattern, extract)
    except PolicyFailure:
        return None


@settings(max_examples=600, deadline=None)
@given(pattern=patterns(), extract=st.sampled_from(EXTRACTS), tags=TAGS)
def test_both_engines_give_the_same_answer(pattern: str, extract: str, tags: list[str]) -> None:
    compiled = _compiled(pattern, extract)
    if compiled is None:
        return
    one_by_one = [(tag, key) for tag in tags if (key := compiled.key(tag)) is not None]
    together = Filtered(compiled, tags)
    assert together.keys == [key for _, key in one_by_one]
    assert together.pairs == one_by_one
    for wanted in {key for _, key in one_by_one}:
        smallest = min(tag for tag, key in one_by_one if key == wanted)
        assert Filtered(compiled, tags).tags_of({wanted}) == {wanted: smallest}


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(?:main|master)-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$",
        r"^main-.*-(\d+)$",
        r"v(\d+)",
        r"(?i)^REL-(\d+)$",
        "^a(?:b|c)?d$",
    ],
)
def test_usual_patterns_run_on_the_fast_engine(pattern: str) -> None:
    compiled = compile_filter(pattern, "")
    assert to_lines(compiled.tree, (), whole=True) is not None


@pytest.mark.parametrize(
    "pattern",
    ["^(a+)+$", "^(a|a)*$", "(a*)*b", "^(?:a|ab)(?:c|bcd)*(?:d*)*$", "^.*.*.*x$", "^(?:a?){30}a{30}$", "(x+x+)+y"],
)
def test_patterns_that_could_stall_python_are_left_to_re2(pattern: str) -> None:
    compiled = compile_filter(pattern, "")
    assert to_lines(compiled.tree, (), whole=True) is None
    assert Filtered(compiled, ["a" * 5000, "xa"]).keys is not None


def test_groups_inside_choices_are_left_to_re2() -> None:
    compiled = compile_filter(r"^(?:a(?P<n>\d)|b(?P<n>\d))$", "$n")
    assert to_lines(compiled.tree, (1, 2), whole=False) is None
    assert Filtered(compiled, ["a1", "b2", "c3"]).pairs == [("a1", "1"), ("b2", "2")]


def test_newlines_and_other_scripts_are_left_to_re2() -> None:
    compiled = compile_filter(r"^a.(\d)$", "$1")
    assert Filtered(compiled, ["a-1", "a\n2", "aé3"]).pairs == [("a-1", "1"), ("aé3", "3")]
