"""The first position at which a text no longer fits a pattern, and what the pattern expects there: for messages only.

All ways through the pattern are followed at once, so the work is linear in pattern and text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.flux.policy.regex import ast

if TYPE_CHECKING:
    from collections.abc import Iterable

END = "the end of the tag"
_MOST_STEPS = 4000
_DEEPEST = 60
_MOST_CHARS = 100  # a set this large is "anything but": it takes characters beyond ASCII too


@dataclass(frozen=True, slots=True)
class Difference:
    """`position` is the first character, from 0, that the pattern cannot take; `wanted` says what it can."""

    position: int
    wanted: tuple[str, ...]


@dataclass(slots=True)
class _Step:
    """One step of the pattern, and the numbers of the steps that can follow it (`after`).

    It consumes a character of `chars`, or needs the place `anchor`; with neither it only branches.
    """

    after: list[int]
    chars: ast.Chars | None = None
    anchor: str = ""
    word: str = ""


@dataclass(slots=True)
class _Program:
    steps: list[_Step] = field(default_factory=list)

    def add(self, step: _Step) -> int:
        if len(self.steps) >= _MOST_STEPS:
            raise OverflowError
        self.steps.append(step)
        return len(self.steps) - 1

    def build(self, node: ast.Node, after: int) -> int:
        """The number of the step that begins the node and ends in `after`."""
        if isinstance(node, ast.Chars):
            return self.add(_Step([after], node, word=node.char))
        if isinstance(node, ast.Anchor):
            return self.add(_Step([after], anchor=node.kind))
        if isinstance(node, ast.Group):
            return self.build(node.body, after)
        if isinstance(node, ast.Concat):
            return self._build_concat(node, after)
        if isinstance(node, ast.Alternate):
            return self.add(_Step([self.build(branch, after) for branch in node.branches]))
        return self._build_repeat(node, after)

    def _build_concat(self, node: ast.Concat, after: int) -> int:
        word: list[_Step] = []
        for part in reversed(node.parts):
            after = self.build(part, after)
            if isinstance(part, ast.Chars) and part.char and not part.fold:
                word.append(self.steps[after])
            else:
                _name(word)
                word = []
        _name(word)
        return after

    def _build_repeat(self, node: ast.Repeat, after: int) -> int:
        if node.high is None:
            fork = self.add(_Step([after]))
            self.steps[fork].after.insert(0, self.build(node.body, fork))
            after = fork
        else:
            for _ in range(node.high - node.low):
                after = self.add(_Step([self.build(node.body, after), after]))
        for _ in range(node.low):
            after = self.build(node.body, after)
        return after


def _name(backwards: list[_Step]) -> None:
    """Give each letter of a literal word the whole word."""
    word = "".join(step.word for step in reversed(backwards))
    for step in backwards:
        step.word = word


def first_difference(tree: ast.Tree, text: str) -> Difference | None:
    """Where the text and the pattern part; None where the pattern is too large to say, or takes the text."""
    if tree.root.height > _DEEPEST:
        return None
    program = _Program()
    try:
        done = program.add(_Step([]))
        begin = program.build(tree.root, done)
    except OverflowError:
        return None
    best = Difference(0, ())
    alive: set[int] = {begin}
    for position in range(len(text) + 1):
        waiting, wanted = _waiting(program, alive, text, position)
        if done in waiting:
            return None
        if wanted and (alive - {begin} or position == 0):
            best = Difference(position, wanted)
        if position < len(text):
            taken = (program.steps[n] for n in waiting if _takes(program.steps[n].chars, text[position]))
            alive = {target for step in taken for target in step.after} | {begin}
    return best if best.wanted else None


def _waiting(program: _Program, alive: Iterable[int], text: str, position: int) -> tuple[set[int], tuple[str, ...]]:
    """The steps that wait for a character here, and what they and the failed anchors want, in words."""
    seen: set[int] = set()
    wanted: dict[str, None] = {}
    stack = sorted(alive, reverse=True)
    waiting: set[int] = set()
    while stack:
        number = stack.pop()
        if number in seen:
            continue
        seen.add(number)
        step = program.steps[number]
        if step.chars is not None or not step.after:
            waiting.add(number)
            if step.chars is not None:
                wanted[_words(step)] = None
        elif not step.anchor or _holds(step.anchor, text, position):
            stack.extend(reversed(step.after))
        elif step.anchor in {"text_end", "line_end"}:
            wanted[END] = None
    return waiting, tuple(wanted)


def _holds(kind: str, text: str, position: int) -> bool:
    if kind in {"text_begin", "line_begin"}:
        return position == 0 or (kind == "line_begin" and text[position - 1] == "\n")
    if kind in {"text_end", "line_end"}:
        return position == len(text) or (kind == "line_end" and text[position] == "\n")
    sides = [_is_word(text[n : n + 1]) for n in (position, position - 1)] if position else [_is_word(text[:1]), False]
    return (sides[0] != sides[1]) is (kind == "word")


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


def _takes(chars: ast.Chars | None, char: str) -> bool:
    if chars is None:
        return False
    if ord(char) < 128:  # noqa: PLR2004 -- ASCII
        return bool(chars.ascii >> ord(char) & 1)
    return char == chars.char or chars.ascii.bit_count() > _MOST_CHARS


def _words(step: _Step) -> str:
    if step.word:
        return repr(step.word)
    chars = step.chars
    return describe(chars.ascii) if chars else ""


def describe(ascii_set: int) -> str:
    """A set of characters in words."""
    digits = ((1 << 10) - 1) << 48
    if ascii_set == digits:
        return "a digit"
    if ascii_set.bit_count() > _MOST_CHARS:
        return "any character"
    points = [n for n in range(128) if ascii_set >> n & 1]
    runs: list[list[int]] = []
    for point in points:
        if runs and runs[-1][1] == point - 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    text = "".join(chr(low) if low == high else f"{chr(low)}-{chr(high)}" for low, high in runs)
    return f"one of [{text}]" if text.isprintable() else "another character"
