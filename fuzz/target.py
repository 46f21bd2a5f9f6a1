"""One parser at the border, and what may go wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.errors import BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Target:
    """`run` is given seeds, changed at random. It may end in a BuildtoolError, or in what the parser says it raises.

    `share` is its part of all cases, relative to the others: less for what takes long.
    """

    name: str
    seeds: tuple[bytes, ...]
    run: Callable[[bytes], object]
    raises: tuple[type[Exception], ...] = ()
    share: float = 1.0
    words: tuple[bytes, ...] = field(default=())

    @property
    def allowed(self) -> tuple[type[Exception], ...]:
        return (BuildtoolError, *self.raises)
