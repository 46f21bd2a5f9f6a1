"""What an unquoted scalar means: to Flux's parser (YAML 1.2, go-yaml v3) and to Kubernetes (YAML 1.1, go-yaml v2)."""

from __future__ import annotations

import re
from datetime import datetime

STR, NULL, BOOL, INT, FLOAT, TIMESTAMP, MERGE = (
    "!!str",
    "!!null",
    "!!bool",
    "!!int",
    "!!float",
    "!!timestamp",
    "!!merge",
)
LONG = "tag:yaml.org,2002:"

_WORDS: dict[str, str] = {
    **dict.fromkeys(("true", "True", "TRUE", "false", "False", "FALSE"), BOOL),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), NULL),
    **dict.fromkeys((sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")), FLOAT),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), FLOAT),
}
_WORDS_1_1 = frozenset(
    form for word in ("y", "n", "yes", "no", "on", "off") for form in (word, word.capitalize(), word.upper())
)
_HINTED = frozenset("+-0123456789.~yYnNtTfFoO")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_INT = re.compile(
    r"[-+]?(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|0[oO]?(?P<oct>[0-7]+)|(?P<dec>0|[1-9][0-9]*))", re.ASCII
)
_DOT_FLOAT = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?", re.ASCII)
_DATE = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
    r"(?:(?P<join>[Tt ])(?P<time>[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2})(?:[.,][0-9]+)?(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})?)?",
    re.ASCII,
)
_BITS = 64
_BASES = {"hex": 16, "bin": 2, "oct": 8, "dec": 10}


def short_tag(tag: str) -> str:
    """`!!int` for `tag:yaml.org,2002:int`; any other tag as it is."""
    return "!!" + tag[len(LONG) :] if tag.startswith(LONG) else tag


def long_tag(tag: str) -> str:
    return LONG + tag[2:] if tag.startswith("!!") else tag


def implicit_tag(value: str) -> str:
    """The tag that go-yaml v3 gives to a plain scalar."""
    if value == "":
        return NULL
    if value[0] not in _HINTED:
        return STR
    if value in _WORDS:
        return _WORDS[value]
    if value[0] == ".":
        return FLOAT if _DOT_FLOAT.fullmatch(value) and _finite(value.replace("_", "")) else STR
    return _number_or_date(value) if value[0] in "+-0123456789" else STR


def is_not_a_string_in_1_1(value: str) -> bool:
    """True where a YAML 1.1 reader takes the plain value for something else than a string: Flux then quotes it.

    The values are image references, names, tags and digests: no blanks, no flow indicators. Dates stay strings there.
    """
    if value == "" or "\n" in value:
        return False
    return value in ("-", "---") or value in _WORDS_1_1 or implicit_tag(value) not in (STR, MERGE, TIMESTAMP)


def _number_or_date(value: str) -> str:
    if _timestamp(value):
        return TIMESTAMP
    plain = value.replace("_", "")
    if (match := _INT.fullmatch(plain)) and _fits(match):
        return INT
    if _FLOAT.fullmatch(plain) and _finite(plain):
        return FLOAT
    return STR


def _fits(match: re.Match[str]) -> bool:
    """Go's integers: signed 64 bits, or unsigned without a sign."""
    base = match.lastgroup or "dec"
    digits = match[base].lstrip("0")
    if len(digits) > _BITS:
        return False
    number = int(digits or "0", _BASES[base])
    sign = match[0][0]
    return number < 2 ** (63 if sign == "+" else 64) if sign != "-" else number <= 2**63


def _finite(text: str) -> bool:
    """Go reports a number beyond float64 as an error."""
    return abs(float(text)) != float("inf")


def _timestamp(value: str) -> bool:
    match = _DATE.fullmatch(value)
    if match is None:
        return False
    join, time, zone = match["join"], match["time"], match["zone"]
    if join and (zone is None) != (join == " "):
        return False
    try:
        datetime.strptime(match["date"] + " " + (time or "0:0:0"), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 -- validity only
    except ValueError:
        return False
    return True
