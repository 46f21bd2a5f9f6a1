"""Several locks at once, always taken in the same order: two runs never wait for each other."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from buildtool.usecases.ports import Lock


@contextmanager
def locked(lock: Lock, names: Iterable[str]) -> Iterator[None]:
    """Hold the lock of every name during the block; a name may be given twice."""
    with ExitStack() as held:
        for name in sorted(set(names)):
            held.enter_context(lock(name))
        yield
