"""Orders that do not follow time: desc, text that is random, numbers glued together, no filter at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.policy.regex import ast
from buildtool.core.flux.policy.template import Reference
from buildtool.errors.rules_policies import DESCENDING, GLUED, HASHES, UNFILTERED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.core.flux.policy.lints.subject import Facts
    from buildtool.errors.findings import Finding

Width = tuple[int, int | None]  # characters at least and at most, None for no limit

_REACHED = 4  # a sample is at most three characters longer than the pattern asks for


def descending(facts: Facts) -> Iterator[Finding]:
    """policy-descending: with desc the smallest number wins, which for times and build numbers is the oldest."""
    order = facts.policy.choice.numerical or facts.policy.choice.alphabetical or ""
    keys = [key for _, key in (*facts.real, *facts.examples)]
    numbers = facts.kind == "numerical" or bool(keys and all(key[:1].isdigit() for key in keys))
    if facts.kind in ("numerical", "alphabetical") and order.lower() == "desc" and numbers:
        yield facts.finding(
            DESCENDING,
            "order desc selects the smallest number",
        )


def hashes(facts: Facts) -> Iterator[Finding]:
    """policy-alphabetical-hashes: the text that decides is letters and digits at random."""
    if facts.kind != "alphabetical" or facts.filter is None:
        return
    keys = [key for _, key in facts.examples]
    start = _common(keys)
    tails = [key[start:] for key in keys]
    letters = {tail[0] for tail in tails if tail}
    random = (
        any(c.isdigit() for c in letters)
        and any(c.isalpha() for c in letters)
        and all(tail.isalnum() for tail in tails if tail)
        and max(map(len, tails)) >= _REACHED
    )
    if random:
        yield facts.finding(
            HASHES,
            f"texts such as {max(keys, key=len)!r} are compared as text from character {start + 1} on",
        )


def unfiltered(facts: Facts) -> Iterator[Finding]:
    """policy-alphabetical-unfiltered: every tag of the repository takes part."""
    if facts.kind == "alphabetical" and facts.policy.filter is None and not facts.errors:
        yield facts.finding(
            UNFILTERED,
            "alphabetical order over every tag of the repository",
        )


def glued(facts: Facts) -> Iterator[Finding]:
    """policy-glued-numbers: a group behind another whose number of digits can change."""
    if facts.kind != "numerical" or facts.filter is None:
        return
    pieces = facts.filter.template.pieces
    used = [piece for piece in pieces if isinstance(piece, Reference)]
    widths = group_widths(facts.filter.tree)
    varying = [one.name for one in used[1:] if any(_varies(widths.get(number)) for number in one.groups)]
    if len(used) > 1 and varying:
        yield facts.finding(
            GLUED,
            f"extract {facts.filter.extract!r} glues numbers together; {varying[0]!r} has no fixed number of digits",
        )


def group_widths(tree: ast.Tree) -> dict[int, Width]:
    """How many characters each group can have, by its number."""
    found: dict[int, Width] = {}

    def leave(node: ast.Node, below: list[Width]) -> Width:
        width = _width(node, below)
        if isinstance(node, ast.Group):
            found[node.number] = width
        return width

    ast.fold(tree.root, leave)
    return found


def _width(node: ast.Node, below: Sequence[Width]) -> Width:
    if isinstance(node, ast.Chars):
        return 1, 1
    if isinstance(node, ast.Anchor) or not below:
        return 0, 0
    if isinstance(node, ast.Alternate):
        highest = [high for _, high in below]
        return min(low for low, _ in below), None if None in highest else max(high or 0 for high in highest)
    if isinstance(node, ast.Repeat):
        low, high = below[0]
        endless = (node.high is None and high != 0) or high is None
        return low * node.low, None if endless else (high or 0) * (node.high or 0)
    endless = any(high is None for _, high in below)
    return sum(low for low, _ in below), None if endless else sum(high or 0 for _, high in below)


def _varies(width: Width | None) -> bool:
    return width is not None and width[0] != width[1]


def _common(texts: Sequence[str]) -> int:
    """How many characters all the texts begin with."""
    if not texts:
        return 0
    first, last = min(texts), max(texts)
    return next((i for i, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
