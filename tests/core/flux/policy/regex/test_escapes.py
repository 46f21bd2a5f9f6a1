"""Escapes of one character, as Go reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.policy.regex.escapes import literal, re2_char, read_escape
from buildtool.core.flux.policy.regex.rejection import RegexError


@pytest.mark.parametrize(
    ("text", "character", "end"),
    [
        (r"\.", ".", 2),
        (r"\-", "-", 2),
        (r"\\", "\\", 2),
        (r"\n", "\n", 2),
        (r"\a\f", "\a", 2),
        (r"\t", "\t", 2),
        (r"\v", "\v", 2),
        (r"\x41B", "A", 4),
        (r"\x{41}B", "A", 6),
        (r"\x{1F600}", "\U0001f600", 9),
        (r"\x{10FFFF}", "\U0010ffff", 10),
        (r"\x{0000041}", "A", 11),
        (r"\0", "\0", 2),
        (r"\012", "\n", 4),
        (r"\101", "A", 4),
        (r"\1018", "A", 4),
        (r"\08", "\0", 2),
        (r"\_", "_", 2),
        (r"\ ", " ", 2),
    ],
)
def test_what_an_escape_stands_for(text: str, character: str, end: int) -> None:
    assert read_escape(text, 0) == (character, end)
    assert read_escape(f"ab{text}", 2) == (character, end + 2)


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        (r"\1", r"\1"),
        (r"\8", r"\8"),
        (r"\z", r"\z"),
        (r"\é", r"\é"),
        (r"\x", r"\x"),
        (r"\x4", r"\x4"),
        (r"\xZZ", r"\xZZ"),
        (r"\x{", r"\x{"),
        (r"\x{}", r"\x{}"),
        (r"\x{41", r"\x{41"),
        (r"\x{4G}", r"\x{4G"),
        (r"\x{110000}", r"\x{110000"),
    ],
)
def test_what_is_none(text: str, expression: str) -> None:
    with pytest.raises(RegexError) as caught:
        read_escape(text, 0)
    assert (caught.value.code, caught.value.expression) == ("invalid escape sequence", expression)


def test_a_backslash_at_the_end() -> None:
    with pytest.raises(RegexError, match="trailing backslash at end of expression"):
        read_escape("\\", 0)


@given(st.integers(0, 0x10FFFF).filter(lambda point: not 0xD800 <= point <= 0xDFFF))
def test_every_character_by_its_number(point: int) -> None:
    assert read_escape(re2_char(point), 0) == (chr(point), len(re2_char(point)))
    if point < 256:
        assert read_escape(f"\\x{point:02x}", 0)[0] == chr(point)
    node = literal(chr(point), fold=False)
    assert node.char == chr(point)
    assert node.ascii == (1 << point if point < 128 else 0)


@given(st.characters(max_codepoint=127))
def test_a_letter_in_any_case_is_both(character: str) -> None:
    folded = literal(character, fold=True)
    for one in {character, character.lower(), character.upper()}:
        assert folded.ascii >> ord(one) & 1
