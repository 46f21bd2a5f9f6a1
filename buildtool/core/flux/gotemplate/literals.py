"""Strings, characters and numbers, as Go's strconv reads them."""

from __future__ import annotations

import re
from typing import NamedTuple

from buildtool.core.flux.policy.numbers import parse_float

_ESCAPE = re.compile(
    r"\\(?:[abfnrtv\\]|(?P<octal>[0-7]{3})|x[0-9a-fA-F]{2}|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8}))"
)
_INTEGER = re.compile(
    r"(?P<sign>[+-]?)(?:0[xX](?P<hex>(?:_?[0-9a-fA-F])+)|0[bB](?P<binary>(?:_?[01])+)|0[oO]?(?P<octal>(?:_?[0-7])*)"
    r"|(?P<decimal>[1-9](?:_?[0-9])*))"
)
_BASES = {"hex": 16, "binary": 2, "octal": 8, "decimal": 10}
_SURROGATES = range(0xD800, 0xE000)
_LONGEST = 400  # characters of a number; Python refuses to read decimal ones of many thousand


class Number(NamedTuple):
    """As which types Go can take a constant, and the type it has where nothing else says: int, float64, complex128.

    `natural` is "" for one that overflows int.
    """

    natural: str
    is_int: bool
    is_uint: bool
    is_float: bool


def string_is_valid(quoted: str) -> bool:
    """Whether Go takes the text, with its quotes; a raw one it always takes."""
    if quoted.startswith("`"):
        return True
    return _escapes_are_valid(quoted[1:-1], '"')


def string_value(quoted: str) -> str:
    """The text for messages and names; escapes other than those of quotes are left as they are."""
    inside = quoted[1:-1]
    return inside if quoted.startswith("`") else inside.replace('\\"', '"').replace("\\\\", "\\")


def character_is_valid(quoted: str) -> bool:
    """Whether Go takes a character constant: exactly one character between the quotes."""
    inside = quoted[1:-1]
    if not _escapes_are_valid(inside, "'"):
        return False
    return len(inside) == 1 or (inside.startswith("\\") and (inside == "\\'" or _ESCAPE.fullmatch(inside) is not None))


def _escapes_are_valid(inside: str, quote: str) -> bool:
    position = inside.find("\\")
    while position >= 0:
        match = _ESCAPE.match(inside, position)
        if match is None:
            if not inside.startswith(quote, position + 1):
                return False
            position += 2
        else:
            code = int(match["short"] or match["long"] or "0", 16)
            if code in _SURROGATES or code > 0x10FFFF or int(match["octal"] or "0", 8) > 0xFF:  # noqa: PLR2004
                return False
            position = match.end()
        position = inside.find("\\", position)
    return True


def number(text: str) -> Number | None:
    """What Go makes of a number, None where it refuses it."""
    if len(text) > _LONGEST:
        return None
    if text.endswith("i"):
        whole = parse_float(text[:-1])
        return None if whole is None else Number("complex128", whole == 0, whole == 0, whole == 0)
    value = _integer(text)
    if value is not None:
        fits_int = -(1 << 63) <= value < 1 << 63
        fits_uint = (0 <= value < 1 << 64 and text[0] not in "+-") or value == 0
        return Number("int" if fits_int else "", fits_int, fits_uint, True) if fits_int or fits_uint else None
    decimal = parse_float(text)
    if decimal is None or not any(sign in text for sign in ".eEpP"):
        return None
    whole = decimal.is_integer() and abs(decimal) < 1 << 63
    return Number("float64", whole, whole and decimal >= 0, True)


def complex_number(_text: str) -> Number:
    """A constant such as `1+2i`; its two parts are not looked at."""
    return Number("complex128", False, False, False)


def _integer(text: str) -> int | None:
    match = _INTEGER.fullmatch(text)
    if match is None or (match["octal"] == "" and text[-1] in "oO"):
        return None
    name = next(name for name in _BASES if match[name] is not None)
    value = int((match[name] or "0").replace("_", ""), _BASES[name])
    return -value if match["sign"] == "-" else value
