"""The figures, as a table that a page can carry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from soak.promises import PROMISES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from soak.promises import Broken

_HEAD = ("what happened", "times", "published", "unproven tag seen", "pair left split", "credentials left")
_HEAD_END = ("older commit on top", "wrong answer")


@dataclass
class Row:
    """One kind of disturbance: how often, how many of the disturbed runs published all the same, and what broke."""

    name: str
    times: int = 0
    published: int = 0
    broken: list[Broken] = field(default_factory=list)

    def add(self, *, published: bool, broken: Sequence[Broken]) -> None:
        self.times += 1
        self.published += published
        self.broken += broken

    def cells(self) -> list[str]:
        counts = [sum(promise == kind for kind, _ in self.broken) for promise in PROMISES]
        return [self.name, str(self.times), str(self.published), *map(str, counts)]


def markdown(rows: Sequence[Row]) -> str:
    """One line a disturbance."""
    head = [*_HEAD, *_HEAD_END]
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *[row.cells() for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
