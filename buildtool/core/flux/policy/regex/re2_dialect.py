"""The tree, written again for google-re2: groups by number only, every character spelled out.

What Go and RE2 read differently (duplicate names, names with a leading digit, class aliases, `(?<n>`) is gone by then.
"""

from __future__ import annotations

from buildtool.core.flux.policy.regex import ast

_ANCHORS = {
    "text_begin": r"\A",
    "text_end": r"\z",
    "line_begin": "(?m:^)",
    "line_end": "(?m:$)",
    "word": r"\b",
    "not_word": r"\B",
}


def to_re2(tree: ast.Tree) -> str:
    return ast.fold(tree.root, _write)


def _write(node: ast.Node, below: list[str]) -> str:
    if isinstance(node, ast.Chars):
        return node.re2
    if isinstance(node, ast.Anchor):
        return _ANCHORS[node.kind]
    if isinstance(node, ast.Group):
        return f"({below[0]})"
    if isinstance(node, ast.Concat):
        return "".join(below)
    if isinstance(node, ast.Alternate):
        return f"(?:{'|'.join(below)})"
    return f"(?:{below[0]}){_times(node)}"


def _times(node: ast.Repeat) -> str:
    simple = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((node.low, node.high))
    times = simple or f"{{{node.low},{'' if node.high is None else node.high}}}"
    return times if node.greedy else times + "?"
