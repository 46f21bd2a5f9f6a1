"""Texts that a pattern takes, made from its tree: the same ones each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.policy.regex import ast

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRIES = 48
_MOST = 8  # texts that begin a match
_LONGEST = 128  # no tag is longer
_TAG_CHARACTERS = "0a-1z.9f_AZ5c2"


def samples(tree: ast.Tree) -> Iterator[str]:
    """Different texts, most of which the pattern takes (anchors are not looked at): ask the pattern."""
    seen: set[str] = set()
    for seed in range(_TRIES):
        text = ast.fold(tree.root, _Maker(seed).make)
        if len(text) <= _LONGEST and text not in seen:
            seen.add(text)
            yield text


def openings(tree: ast.Tree) -> list[str]:
    """The literal texts with which a match can begin, as far as they are spelled out: `^(?:main|master)-.*` has two."""
    texts, open_ended = ast.fold(tree.root, _opening)
    return texts if open_ended or texts != [""] else []


def _opening(node: ast.Node, below: list[tuple[list[str], bool]]) -> tuple[list[str], bool]:
    """The texts, and whether something that is not spelled out comes after them."""
    if isinstance(node, ast.Chars):
        return ([node.char], False) if node.char else ([""], True)
    if isinstance(node, ast.Anchor):
        return [""], False
    if isinstance(node, ast.Repeat):
        return ([""], True)
    if isinstance(node, ast.Alternate):
        return [text for texts, _ in below for text in texts][:_MOST], any(open_ended for _, open_ended in below)
    whole = [""]
    for texts, open_ended in below:
        whole = [begin + end for begin in whole for end in texts][:_MOST]
        if open_ended:
            return whole, True
    return whole, False


class _Maker:
    """Makes one text from a tree. The seed decides each choice, so that the same seed makes the same text."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def choose(self, count: int) -> int:
        """The first seed always takes the first choice, the others vary."""
        if self.state == 0:
            return 0
        self.state = (self.state * 1103515245 + 12345) % (1 << 31) or 1
        return (self.state >> 8) % count

    def make(self, node: ast.Node, below: list[str]) -> str:
        if isinstance(node, ast.Chars):
            return node.char or self._one_of(node.ascii)
        if isinstance(node, ast.Anchor):
            return ""
        if isinstance(node, ast.Alternate):
            return below[self.choose(len(below))]
        if isinstance(node, ast.Repeat):
            return below[0] * self._times(node)
        return "".join(below)[: _LONGEST + 1]

    def _times(self, node: ast.Repeat) -> int:
        high = min(node.low + 3 if node.high is None else node.high, _LONGEST)
        useful = sorted(
            {min(max(node.low, 1), high), node.low, min(node.low + 1, high), high}, key=lambda n: (n == 0, n)
        )
        return min(useful[self.choose(len(useful))], _LONGEST)

    def _one_of(self, ascii_set: int) -> str:
        usual = [char for char in _TAG_CHARACTERS if ascii_set >> ord(char) & 1]
        if usual:
            return usual[self.choose(len(usual))]
        rest = [chr(n) for n in range(128) if ascii_set >> n & 1]
        return rest[self.choose(len(rest))] if rest else "\ufffd"
