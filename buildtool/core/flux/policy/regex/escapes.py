r"""Backslash escapes for one character: `\x41`, `\x{1F600}`, `\101`, `\n`, `\.`; and literal characters as nodes."""

from __future__ import annotations

import re
from functools import lru_cache

from buildtool.core.flux.policy.regex.ast import Chars
from buildtool.core.flux.policy.regex.classes import folded_span, span
from buildtool.core.flux.policy.regex.rejection import RegexError

_OCTAL = re.compile(r"[1-7][0-7]{1,2}|0[0-7]{0,2}")
_HEX_PAIR = re.compile(r"x([0-9A-Fa-f]{2})")
_CONTROL = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_LAST_POINT = 0x10FFFF


def re2_char(point: int) -> str:
    """A code point in a form that means itself everywhere in RE2."""
    return f"\\x{{{point:X}}}"


@lru_cache(maxsize=1024)
def literal(char: str, *, fold: bool) -> Chars:
    point = ord(char)
    ascii_set = folded_span(point, point) if fold else span(point, point)
    text = re2_char(point)
    return Chars(ascii_set, f"(?i:{text})" if fold else f"(?-i:{text})", char, fold)


def read_escape(text: str, at: int) -> tuple[str, int]:
    """The character that the escape at `at` (a backslash) stands for, and where it ends; raises RegexError."""
    char = text[at + 1 : at + 2]
    if not char:
        raise RegexError("trailing backslash at end of expression", "")
    octal = _OCTAL.match(text, at + 1)
    if octal:
        return chr(int(octal[0], 8)), octal.end()
    if char == "x":
        return _read_hex(text, at)
    if char in _CONTROL:
        return _CONTROL[char], at + 2
    if char.isascii() and not char.isalnum():
        return char, at + 2
    raise RegexError("invalid escape sequence", text[at : at + 2])


def _read_hex(text: str, at: int) -> tuple[str, int]:
    pair = _HEX_PAIR.match(text, at + 1)
    if pair:
        return chr(int(pair[1], 16)), pair.end()
    if not text.startswith("{", at + 2):
        raise RegexError("invalid escape sequence", text[at : at + 4])
    value, here = 0, at + 3
    while here < len(text):
        char = text[here]
        here += 1
        if char == "}" and here > at + 4:
            return chr(value), here
        if char not in "0123456789abcdefABCDEF":
            break
        value = value * 16 + int(char, 16)
        if value > _LAST_POINT:
            break
    raise RegexError("invalid escape sequence", text[at:here])
