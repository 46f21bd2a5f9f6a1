"""Literals as Go's strconv reads them."""

from __future__ import annotations

import pytest

from buildtool.core.flux.gotemplate import literals


@pytest.mark.parametrize(
    ("quoted", "valid"),
    [
        ('""', True),
        (r'"\n\t\\\""', True),
        (r'"\101"', True),
        (r'"\400"', False),
        (r'"\x4f"', True),
        (r'"\x4"', False),
        (r'"\u00e9"', True),
        (r'"\ud800"', False),
        (r'"\U0010FFFF"', True),
        (r'"\U00110000"', False),
        (r"'\"'", False),
        (r'"\q"', False),
        (r'"\8"', False),
        ("`\\q`", True),
    ],
)
def test_strings(quoted: str, *, valid: bool) -> None:
    assert (literals.string_is_valid(quoted) if quoted[0] != "'" else literals.character_is_valid(quoted)) is valid


@pytest.mark.parametrize(
    ("quoted", "valid"),
    [
        ("'a'", True),
        (r"'\n'", True),
        (r"'\''", True),
        ("''", False),
        ("'ab'", False),
        (r"'\u00e9'", True),
        ("'é'", True),
    ],
)
def test_characters(quoted: str, *, valid: bool) -> None:
    assert literals.character_is_valid(quoted) is valid


@pytest.mark.parametrize(
    ("text", "natural", "is_int"),
    [
        ("0", "int", True),
        ("-1", "int", True),
        ("0x1F", "int", True),
        ("0b101", "int", True),
        ("0o17", "int", True),
        ("017", "int", True),
        ("1_000", "int", True),
        ("0x_1", "int", True),
        ("18446744073709551615", "", False),
        ("1e3", "float64", True),
        ("1.5", "float64", False),
        (".5", "float64", False),
        ("1.", "float64", True),
        ("0x1p-2", "float64", False),
        ("1i", "complex128", False),
        ("0i", "complex128", True),
        ("-0", "int", True),
    ],
)
def test_numbers(text: str, natural: str, *, is_int: bool) -> None:
    found = literals.number(text)
    assert found is not None
    assert (found.natural, found.is_int) == (natural, is_int)


@pytest.mark.parametrize(
    "text",
    ["089", "0x", "0b2", "1__0", "1_", "99999999999999999999", "-9223372036854775809", "0x1i", "1" * 500, "0o", "."],
)
def test_what_is_no_number(text: str) -> None:
    assert literals.number(text) is None


def test_the_value_of_a_string_is_without_its_quotes() -> None:
    assert literals.string_value(r'"a\"b\\"') == 'a"b\\'
    assert literals.string_value(r"`a\n`") == r"a\n"
