"""Facts about a tree: can it match the empty text, which characters can it begin with, which nodes always match."""

from __future__ import annotations

from string import ascii_letters, digits
from typing import TYPE_CHECKING

from buildtool.core.flux.policy.regex import ast

_TAG = sum(1 << ord(one) for one in f"{ascii_letters}{digits}_.-")  # what a tag may hold

if TYPE_CHECKING:
    from collections.abc import Iterator


def nullable(root: ast.Node) -> bool:
    """Whether the node can match without consuming a character."""
    return ast.fold(root, _nullable)


def _nullable(node: ast.Node, below: list[bool]) -> bool:
    if isinstance(node, ast.Chars):
        return False
    if isinstance(node, ast.Repeat):
        return node.low == 0 or below[0]
    if isinstance(node, ast.Alternate):
        return any(below)
    return all(below)


def first_chars(root: ast.Node) -> int:
    """The ASCII characters that a match can begin with, as far as it begins with a character."""
    return ast.fold(root, _first)[0]


def _first(node: ast.Node, below: list[tuple[int, bool]]) -> tuple[int, bool]:
    """The set, and whether the node can match without a character."""
    if isinstance(node, ast.Chars):
        return node.ascii, False
    if isinstance(node, ast.Concat):
        found = 0
        for chars, empty in below:
            found |= chars
            if not empty:
                return found, False
        return found, True
    every = 0
    for chars, _ in below:
        every |= chars
    if isinstance(node, ast.Repeat):
        return every, node.low == 0 or below[0][1]
    return every, any(empty for _, empty in below) if below else True


def spine(root: ast.Node) -> Iterator[ast.Node]:
    """Every node that takes part in each match exactly once, in order: not inside an alternation or a repeat."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, (ast.Concat, ast.Group)):
            stack.extend(reversed(ast.children(node)))


def first_of(root: ast.Node, *, backwards: bool = False) -> str:
    """The kind of the anchor that every match begins (ends) with; empty where there is none."""
    node = root
    while isinstance(node, (ast.Concat, ast.Group)):
        below = ast.children(node)
        if not below:
            return ""
        node = below[-1 if backwards else 0]
    return node.kind if isinstance(node, ast.Anchor) else ""


def anchored(tree: ast.Tree) -> tuple[bool, bool]:
    """Whether every match must begin at the beginning of a tag, and end at its end, in every alternative.

    A search that begins with `.*` begins at the first character.
    """
    return _bound(tree.root, "text_begin", 0, anything=True), _bound(tree.root, "text_end", -1)


def ends_in_anything(tree: ast.Tree) -> bool:
    """Whether every match reaches the end of a tag, by `$` or by a `.*` that takes all there is."""
    return _bound(tree.root, "text_end", -1, anything=True)


def _takes_all(node: ast.Repeat) -> bool:
    every = isinstance(node.body, ast.Chars) and node.body.ascii & _TAG == _TAG
    return every and node.low <= 1 and node.high is None and node.greedy


def _bound(root: ast.Node, kind: str, side: int, *, anything: bool = False) -> bool:
    def leave(node: ast.Node, below: list[bool]) -> bool:
        if isinstance(node, ast.Anchor):
            return node.kind == kind
        if isinstance(node, ast.Alternate):
            return all(below)
        if isinstance(node, ast.Group):
            return below[0]
        if isinstance(node, ast.Repeat):
            return (node.low > 0 and below[0]) or (anything and _takes_all(node))
        return bool(below) and below[side]

    return ast.fold(root, leave)
