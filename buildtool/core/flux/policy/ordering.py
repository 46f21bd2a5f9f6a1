"""What each kind of choice (alphabetical, numerical, semver) implements: an order of the extracted texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Order(Protocol):
    """One way to order texts."""

    def contenders(self, keys: list[str]) -> list[str]:
        """Every text that can win in some order of the list; raises PolicyFailure."""
        ...

    def pick(self, contenders: Sequence[str]) -> str:
        """The one of them that wins when Flux reads them in its stored order, descending bytes."""
        ...

    def rank(self, keys: list[str]) -> list[tuple[int, str]]:
        """Positions of the texts from best to worst, each with the value compared."""
        ...
