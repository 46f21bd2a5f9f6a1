"""The extracted texts against the order that compares them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from buildtool.core.flux.policy.lints import extract
from buildtool.core.flux.policy.numbers import parse_float
from buildtool.errors.rules_policies import ALPHABETICAL_NUMBERS, NOT_NUMERIC, NUMBER_TOO_LARGE
from buildtool.errors.tags import DUPLICATE_EXTRACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.policy.lints.subject import Facts
    from buildtool.errors.findings import Finding

_EXACT = 1 << 53


def not_numeric(facts: Facts) -> Iterator[Finding]:
    """policy-not-numeric: one text that is no number fails the whole policy."""
    if facts.kind != "numerical" or not extract.fits(facts):
        return
    for tag, key in (*facts.real, *facts.examples):
        if parse_float(key) is None:
            yield facts.finding(
                NOT_NUMERIC,
                f"a tag such as {tag!r} gives {key!r}, which is not a number",
            )
            return


def too_large(facts: Facts) -> Iterator[Finding]:
    """policy-number-too-large: above 2^53 neighbouring whole numbers are equal to Flux."""
    if facts.kind != "numerical":
        return
    large = [key for _, key in facts.real if _beyond(key)]
    made = [key for _, key in facts.examples]
    if not large and made and all(len(key) > 15 and key.isdigit() for key in made):  # noqa: PLR2004 -- digits of 2^53
        large = made
    if large:
        yield facts.finding(
            NUMBER_TOO_LARGE,
            f"numbers such as {max(large, key=len)!r} are beyond 2^53 (9007199254740992)",
        )


def numbers_as_text(facts: Facts) -> Iterator[Finding]:
    """policy-alphabetical-numbers: as text, 9 comes after 10."""
    if facts.kind != "alphabetical":
        return
    keys = {key for _, key in facts.real} or {key for _, key in facts.examples}
    lengths = sorted(_digits(keys))
    if len(lengths) > 1:
        yield facts.finding(
            ALPHABETICAL_NUMBERS,
            f"numbers of {lengths[0]} to {lengths[-1]} digits are compared as text",
        )


def duplicates(facts: Facts) -> Iterator[Finding]:
    """policy-duplicate-extracts: several tags with one text are one to Flux."""
    if facts.filter is None or not facts.filter.extract:
        return
    counts = Counter(key for _, key in dict.fromkeys(facts.real))
    key, count = max(counts.items(), key=lambda item: item[1], default=("", 0))
    if count > 1:
        tags = sorted({tag for tag, text in facts.real if text == key})
        yield facts.finding(
            DUPLICATE_EXTRACTS,
            f"{count} tags extract {key!r}: {', '.join(map(repr, tags[:3]))}",
        )


def _digits(keys: set[str]) -> set[int]:
    """The lengths of the first number in which the texts differ, where nothing else can differ before it."""
    parts = [re.split(r"([0-9]+)", key) for key in keys if key.isascii()]
    if len(parts) < len(keys) or not parts:
        return set()
    for column in range(min(map(len, parts))):
        texts = {part[column] for part in parts}
        if column % 2:
            lengths = {len(text) for text in texts}
            if len(lengths) > 1:
                return lengths
        elif len(texts) > 1:
            return set()
    return set()


def _beyond(key: str) -> bool:
    value = parse_float(key)
    return value is not None and _EXACT <= abs(value) < float("inf")
