"""The tree, written for Python's `re`, where both provably agree and `re` cannot be made to stall.

Python's engine is ten times faster than google-re2's wrapper, and faster still over all tags at once: one tag a line.
Both engines prefer the same match (leftmost, first branch, greedy as written), except where a repeated part can match
the empty text or holds a group; such patterns are left to RE2. Texts are ASCII and hold no newline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.flux.policy.regex import ast
from buildtool.core.flux.policy.regex.cost import NotLinear, cost
from buildtool.core.flux.policy.regex.shape import first_of, spine

if TYPE_CHECKING:
    from collections.abc import Collection

_DEEPEST = 40
_BUDGET = 16_384  # steps a tag: about what one call of RE2's wrapper costs
_LINE = ((1 << 128) - 1) & ~(1 << 10)  # everything but the newline
_ANCHORS = {"text_begin": "^", "line_begin": "^", "text_end": "$", "line_end": "$", "word": r"\b", "not_word": r"\B"}


@dataclass(frozen=True, slots=True)
class LineProgram:
    """A pattern over a text that holds a newline before each tag. `longest` is the longest tag it may be given."""

    regexp: re.Pattern[str]
    longest: int


def to_lines(tree: ast.Tree, groups: Collection[int], *, whole: bool) -> LineProgram | None:
    """A program whose `findall` gives the wanted groups of every matching tag, in order; None where RE2 must do it.

    `groups` are the group numbers to capture (0 is the match); with `whole` the tag itself comes first.
    """
    if tree.root.height > _DEEPEST:
        return None
    on_spine = {part.number for part in spine(tree.root) if isinstance(part, ast.Group)}
    if not {number for number in groups if number} <= on_spine:
        return None
    try:
        steps = cost(tree)
    except NotLinear:
        return None
    longest = steps.longest(_BUDGET)
    if longest == 0:
        return None
    text = ast.fold(tree.root, _Writer(frozenset(groups)).write)
    text = _framed(tree, f"({text})" if 0 in groups else f"(?:{text})")
    framed = f"\n^({text})$" if whole else f"\n^{text}$"  # the engine jumps from newline to newline
    return LineProgram(re.compile(framed, re.ASCII | re.MULTILINE), longest)


def _framed(tree: ast.Tree, text: str) -> str:
    """The pattern with what may stand before and after it in its line; the search goes from left to right."""
    begins, ends = first_of(tree.root), first_of(tree.root, backwards=True)
    before = "" if begins in {"text_begin", "line_begin"} else r"[^\n]*?"
    after = "" if ends in {"text_end", "line_end"} else r"[^\n]*"
    return before + text + after


@dataclass(frozen=True, slots=True)
class _Writer:
    wanted: frozenset[int]

    def write(self, node: ast.Node, below: list[str]) -> str:
        if isinstance(node, ast.Chars):
            return char_class(node.ascii & _LINE)
        if isinstance(node, ast.Anchor):
            return _ANCHORS[node.kind]
        if isinstance(node, ast.Group):
            return f"({below[0]})" if node.number in self.wanted else f"(?:{below[0]})"
        if isinstance(node, ast.Concat):
            return "".join(below)
        if isinstance(node, ast.Alternate):
            return f"(?:{'|'.join(below)})"
        inner = below[0] if isinstance(node.body, ast.Chars) else f"(?:{below[0]})"
        high = "" if node.high is None else node.high
        return f"{inner}{{{node.low},{high}}}{'' if node.greedy else '?'}"


def char_class(ascii_set: int) -> str:
    """A set of ASCII characters as Python's `re` writes it; the empty set matches nothing."""
    if ascii_set == _LINE:
        return r"[^\n]"
    points = [n for n in range(128) if ascii_set >> n & 1]
    if not points:
        return r"[^\s\S]"  # a range of every character takes `re` a millisecond each time
    if len(points) == 1:
        return re.escape(chr(points[0]))
    return f"[{''.join(f'{_point(low)}-{_point(high)}' for low, high in _runs(points))}]"


def _runs(points: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for point in points:
        if runs and runs[-1][1] == point - 1:
            runs[-1] = (runs[-1][0], point)
        else:
            runs.append((point, point))
    return runs


def _point(point: int) -> str:
    return f"\\x{point:02x}"
