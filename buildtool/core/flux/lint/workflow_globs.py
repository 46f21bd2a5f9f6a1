"""The patterns of GitHub workflows, for branches and paths.

From GitHub's workflow syntax: `*` is anything but `/`, `**` anything, `?` and `+` repeat the character before them,
`[]` a set, a leading `!` takes back what an earlier pattern took.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from buildtool.core.text.globs import characters

if TYPE_CHECKING:
    from collections.abc import Iterable


def takes(patterns: Iterable[str], text: str) -> bool:
    """Whether the list, read in order, ends up taking the text."""
    taken = False
    for pattern in patterns:
        negative = pattern.startswith("!")
        if _compiled(pattern.removeprefix("!")).fullmatch(text):
            taken = not negative
    return taken


def is_literal(pattern: str) -> bool:
    return not any(character in pattern for character in "*?+[!")


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    out: list[str] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if pattern.startswith("**/", position):
            out.append("(?:.*/)?")
            position += 2
        elif pattern.startswith("**", position):
            out.append(".*")
            position += 1
        elif character == "*":
            out.append("[^/]*")
        elif character in "?+" and out:
            out.append(character)
        elif character == "[" and "]" in pattern[position:]:
            end = pattern.index("]", position)
            out.append(f"[{characters(pattern[position + 1 : end])}]")
            position = end
        else:
            out.append(re.escape(character))
        position += 1
    try:
        return re.compile("".join(out), re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))
