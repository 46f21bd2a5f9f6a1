"""Whole processes, measured from outside: time, processor and memory, one beside the other."""

from __future__ import annotations

import os
import statistics
import subprocess  # noqa: TID251 -- a bench starts processes
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


class Usage(NamedTuple):
    """Wall and processor seconds of a process with its children; the bytes of the largest of these processes."""

    wall: float
    processor: float
    memory: int


def measure(argv: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Usage:
    """Run a program to its end; raises RuntimeError with the end of its output where it fails."""
    begin = time.perf_counter()
    child = subprocess.Popen(
        list(argv), cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert child.stderr is not None  # noqa: S101 -- for the type checker: it is PIPE
    words = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begin
    child.stderr.close()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{list(argv)[:4]} ended with {child.returncode}: {words[-2000:]}")
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def in_turn(programs: Mapping[str, Callable[[], Usage]], runs: int) -> dict[str, Usage]:
    """The medians of each program, run in turn so that what else the machine does meets all of them alike.

    The first round does not count.
    """
    rounds = [{name: program() for name, program in programs.items()} for _ in range(runs + 1)][1:]
    return {name: median([one[name] for one in rounds]) for name in programs}


def median(measured: Sequence[Usage]) -> Usage:
    wall, processor, memory = (statistics.median(column) for column in zip(*measured, strict=True))
    return Usage(wall, processor, int(memory))
