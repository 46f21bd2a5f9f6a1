"""The tree of a Go regular expression. Every node knows its height, size and copies, so limits need no second visit.

`height` and `size` are what Go's parser limits (1000 levels, 3.3 million instructions); `copies` is the product of the
counted repeats inside, which may not pass 1000. Characters of ASCII are sets in an integer: bit n is chr(n).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of a set. `ascii` is the set below 128; `re2` is the whole set, as RE2 writes it.

    `char` is the character where it is a single one (a literal), else empty; `fold` says that its case is ignored.
    """

    ascii: int
    re2: str
    char: str = ""
    fold: bool = False
    height: int = 1
    size: int = 1
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place: text_begin, text_end, line_begin, line_end, word, not_word."""

    kind: str
    height: int = 1
    size: int = 1
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group; numbers count from 1 in the order of the opening parentheses."""

    number: int
    name: str | None
    body: Node
    height: int
    size: int
    copies: int


@dataclass(frozen=True, slots=True)
class Concat:
    """One after the other; the empty one matches the empty text."""

    parts: tuple[Node, ...]
    height: int = 1
    size: int = 1
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Alternate:
    """The first branch that leads to a match."""

    branches: tuple[Node, ...]
    height: int
    size: int
    copies: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """`low` to `high` times; `high` is None for no limit."""

    body: Node
    low: int
    high: int | None
    greedy: bool
    height: int
    size: int
    copies: int


Node: TypeAlias = Chars | Anchor | Group | Concat | Alternate | Repeat


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed pattern. `names[n]` is the name of group n, None where it has none; names may occur twice."""

    pattern: str
    root: Node
    names: tuple[str | None, ...] = field(default=(None,))

    @property
    def groups(self) -> int:
        """How many capturing groups there are."""
        return len(self.names) - 1


def concat(parts: Sequence[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    literal = all(isinstance(part, Chars) and part.char for part in parts)
    return Concat(
        tuple(parts),
        1 if literal else 1 + max((part.height for part in parts), default=0),
        max(1, sum(part.size for part in parts)),
        max((part.copies for part in parts), default=1),
    )


def alternate(branches: Sequence[Node]) -> Node:
    if len(branches) == 1:
        return branches[0]
    return Alternate(
        tuple(branches),
        1 + max(branch.height for branch in branches),
        sum(branch.size for branch in branches) + len(branches) - 1,
        max(branch.copies for branch in branches),
    )


def group(number: int, name: str | None, body: Node) -> Node:
    return Group(number, name, body, 1 + body.height, 2 + body.size, body.copies)


def repeat(body: Node, low: int, high: int | None, *, greedy: bool, counted: bool) -> Node:
    """`x*`, `x+`, `x?`, or with `counted` the form in braces, whose copies count against the limit."""
    if high is None:
        size = 2 + body.size if low == 0 else 1 + low * body.size
        factor = low or 1
    else:
        size = max(1, high * body.size + high - low)
        factor = high
    copies = body.copies * factor if counted else body.copies
    return Repeat(body, low, high, greedy, 1 + body.height, size, copies)


def children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Concat):
        return node.parts
    if isinstance(node, Alternate):
        return node.branches
    if isinstance(node, (Group, Repeat)):
        return (node.body,)
    return ()


def fold(root: Node, leave: Callable[[Node, list[T]], T]) -> T:
    """Compute bottom up without recursion: patterns may be nested a thousand deep."""
    results: list[T] = []
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, done = stack.pop()
        below = children(node)
        if done or not below:
            split = len(results) - len(below)
            results[split:] = [leave(node, results[split:])]
        else:
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(below))
    return results[0]
