"""The known words that are nearest to an unknown word, for "did you mean"."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 80  # characters of the word that are compared: the time grows with their square
_MOST = 5000  # known words that are compared


def nearest(word: str, known: Iterable[str], count: int = 1) -> list[str]:
    """At most `count` of the known words, the nearest first; capital and small letters are equal."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only when something is wrong

    lower = {one.lower(): one for one in islice(known, _MOST)}
    return [lower[one] for one in get_close_matches(word[:_LONGEST].lower(), lower, count)]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean …?`, or nothing when no known word is near."""
    near = nearest(word, known)
    return f"; did you mean {near[0]}?" if near else ""
