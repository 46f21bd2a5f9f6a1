"""Go's `strconv.ParseFloat(text, 64)`: not Python's `float`, which takes blanks and other scripts' digits but no hex.

Source: Go 1.26 strconv/atof.go (special, readFloat) and atoi.go (underscoreOK).
"""

from __future__ import annotations

import math
import re

_DECIMAL = re.compile(r"[+-]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?")
_HEX = re.compile(r"[+-]?0[xX](?:[0-9a-fA-F_]+(?:\.[0-9a-fA-F_]*)?|\.[0-9a-fA-F_]+)[pP][+-]?[0-9][0-9_]*")
_SPECIAL = re.compile(r"[+-]?inf(?:inity)?|nan", re.IGNORECASE | re.ASCII)
_BAD_UNDERSCORE = re.compile(r"(?<![0-9])_|_(?![0-9])")
_BAD_HEX_UNDERSCORE = re.compile(r"(?<![0-9a-fA-FxX])_|_(?![0-9a-fA-F])")
_LONGEST_EXACT = 300


def parse_float(text: str) -> float | None:
    """The number, or None where Go reports an error: bad syntax, or a value beyond the largest float64."""
    if text.isdigit() and text.isascii() and len(text) <= _LONGEST_EXACT:
        return float(text)
    if _DECIMAL.fullmatch(text):
        return _finite(text) if _underscores_fit(text, _BAD_UNDERSCORE) else None
    if _HEX.fullmatch(text):
        return _hex(text) if _underscores_fit(text, _BAD_HEX_UNDERSCORE) else None
    return float(text) if _SPECIAL.fullmatch(text) else None


def parse_floats(texts: list[str]) -> list[float] | None:
    """All numbers at once, None if any is not one. Plain digits, the usual case, cost one pass in C."""
    joined = "".join(texts)
    if joined.isdigit() and joined.isascii() and "" not in texts and len(max(texts, key=len)) <= _LONGEST_EXACT:
        return list(map(float, texts))
    values: list[float] = []
    for text in texts:
        value = parse_float(text)
        if value is None:
            return None
        values.append(value)
    return values


def _underscores_fit(text: str, bad: re.Pattern[str]) -> bool:
    return "_" not in text or not bad.search(text)


def _finite(text: str) -> float | None:
    value = float(text.replace("_", ""))
    return None if math.isinf(value) else value


def _hex(text: str) -> float | None:
    try:
        return float.fromhex(text.replace("_", ""))
    except (OverflowError, ValueError):
        return None
