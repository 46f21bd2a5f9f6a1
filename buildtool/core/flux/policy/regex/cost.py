"""How many steps a backtracking engine may need for a pattern, so that a hostile one is never given to it.

Where the next character alone decides which way to go, a wrong way ends at once and the whole match is linear in the
text. Each place where it does not decide multiplies the work: by the number of branches, or, in a repeat, by the length
of the text. Undecided places inside a repeat multiply without end: NotLinear.
"""

from __future__ import annotations

from dataclasses import dataclass

from buildtool.core.flux.policy.regex import ast
from buildtool.core.flux.policy.regex.shape import first_chars, first_of, nullable

_END = 1 << 128  # the end of the text, as one more character
_LONGEST = 4096


class NotLinear(Exception):  # noqa: N818 -- an answer, not a failure
    """Backtracking over this pattern may take exponential time, or the engines may disagree on it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """At most `factor * length ** power` steps, beside the linear ones."""

    factor: int = 1
    power: int = 0

    def __mul__(self, other: Cost) -> Cost:
        return Cost(self.factor * other.factor, self.power + other.power)

    def longest(self, budget: int) -> int:
        """The longest text for which the steps stay within the budget; 0 when that is too short to be of use."""
        allowed = budget / self.factor
        length = _LONGEST if self.power == 0 and allowed >= 1 else int(allowed ** (1 / max(1, self.power)))
        return min(length, _LONGEST) if length >= 64 else 0  # noqa: PLR2004 -- real tags are 20 to 60 long


@dataclass(frozen=True, slots=True)
class _Seen:
    first: int
    cost: Cost


def cost(tree: ast.Tree) -> Cost:
    """The cost of searching the pattern in one text; raises NotLinear."""
    ends = first_of(tree.root, backwards=True) in {"text_end", "line_end"}
    begins = first_of(tree.root) in {"text_begin", "line_begin"}
    seen = _visit(tree.root, _END if ends else 0, inside=False)
    return seen.cost if begins else seen.cost * Cost(power=1)


def _visit(node: ast.Node, follow: int, *, inside: bool) -> _Seen:
    """`follow` are the characters that may come after the node; `inside` a repeat no choice may be undecided."""
    if isinstance(node, ast.Chars):
        return _Seen(node.ascii, Cost())
    if isinstance(node, ast.Anchor):
        return _Seen(_END if node.kind in {"text_end", "line_end"} else follow, Cost())
    if isinstance(node, ast.Group):
        return _visit(node.body, follow, inside=inside)
    if isinstance(node, ast.Concat):
        return _visit_concat(node, follow, inside=inside)
    if isinstance(node, ast.Alternate):
        return _visit_alternate(node, follow, inside=inside)
    return _visit_repeat(node, follow, inside=inside)


def _visit_concat(node: ast.Concat, follow: int, *, inside: bool) -> _Seen:
    total, here = Cost(), follow
    for part in reversed(node.parts):
        seen = _visit(part, here, inside=inside)
        total = total * seen.cost
        here = seen.first | here if nullable(part) and not isinstance(part, ast.Anchor) else seen.first
    return _Seen(here, total)


def _visit_alternate(node: ast.Alternate, follow: int, *, inside: bool) -> _Seen:
    total, taken, undecided = Cost(), 0, 1
    for branch in node.branches:
        seen = _visit(branch, follow, inside=inside)
        total = total * seen.cost
        first = seen.first | follow if nullable(branch) else seen.first
        undecided += bool(first & taken)
        taken |= first
    if inside and undecided > 1:
        raise NotLinear
    return _Seen(taken, total * Cost(factor=undecided))


def _visit_repeat(node: ast.Repeat, follow: int, *, inside: bool) -> _Seen:
    once = node.low == node.high == 1
    many = node.high is None or node.high > 1
    if many and (nullable(node.body) or any(isinstance(n, ast.Anchor) for n in _walk(node.body))):
        raise NotLinear
    again = first_chars(node.body) if many else 0
    body = _visit(node.body, follow | again, inside=inside or many)
    if once or node.low == node.high or not body.first & follow:
        return _Seen(body.first, body.cost)
    if inside:
        raise NotLinear
    spread = Cost(power=1) if node.high is None else Cost(factor=node.high - node.low + 1)
    return _Seen(body.first, body.cost * spread)


def _walk(node: ast.Node) -> list[ast.Node]:
    found = [node]
    for item in found:
        found.extend(ast.children(item))
    return found
