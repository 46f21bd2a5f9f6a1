"""A table for people, and the ways to measure what stands in it."""

from __future__ import annotations

import gc
import statistics
import subprocess  # noqa: TID251 -- a bench starts processes; buildtool's own rule is about buildtool
import sys
import time
import tracemalloc
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass
class Table:
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]] = ()
    notes: Sequence[str] = ()

    def text(self) -> str:
        lines = [self.head, *self.rows]
        widths = [max(len(line[n]) for line in lines) for n in range(len(self.head))]
        body = [
            "  ".join(
                cell.ljust(width) if n == 0 else cell.rjust(width)
                for n, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            for line in lines
        ]
        return "\n".join([self.title, *(f"  {line}" for line in body), *(f"  {note}" for note in self.notes), ""])


def warm(call: Callable[[], object], runs: int = 7) -> float:
    """Median seconds of a call in this process, after one that does not count."""
    call()
    return statistics.median(_timed(call) for _ in range(runs))


def _timed(call: Callable[[], object]) -> float:
    gc.collect()
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def cold(argv: Sequence[str], stdin: bytes = b"", runs: int = 5) -> float:
    """Median seconds of a whole process, from its start to its end."""
    return statistics.median(_timed(lambda: _run(argv, stdin)) for _ in range(runs))


def _run(argv: Sequence[str], stdin: bytes) -> None:
    subprocess.run([sys.executable, *argv], input=stdin, stdout=subprocess.DEVNULL, check=True)


def peak(call: Callable[[], object]) -> int:
    """The most bytes that a call holds at one time, beside what was there before it."""
    gc.collect()
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def seconds(value: float) -> str:
    return f"{value * 1000:.1f} ms"


def megabytes(value: int) -> str:
    return f"{value / 1e6:.1f} MB"
