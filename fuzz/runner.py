"""Runs cases in a process of their own, so that one that never ends or takes all memory is only a finding."""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fuzz.cases import case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection

    from fuzz.target import Target

SLOW_SECONDS = 2.0
LARGE_BYTES = 300 << 20
_STALL_SECONDS = 30.0  # without an answer, on a machine that does other things too
_ADDRESS_SPACE = 4 << 30


@dataclass(frozen=True)
class Finding:
    """`kind` is exception, slow, memory or stall; `number` repeats the case."""

    target: str
    kind: str
    number: int
    words: str


def run_cases(target: Target, seed: int, numbers: Iterable[int], at: Callable[[int], None]) -> Iterator[Finding]:
    """Run cases in this process; `at` is told of each before it begins."""
    largest = _peak()
    for number in numbers:
        at(number)
        data = case(target, seed, number)
        began = time.process_time()
        try:
            target.run(data)
        except target.allowed:
            pass
        except Exception as error:  # noqa: BLE001 -- whatever comes here is a finding
            yield Finding(target.name, "exception", number, _where(error))
        seconds = time.process_time() - began
        if seconds > SLOW_SECONDS:
            yield Finding(target.name, "slow", number, f"{seconds:.1f} s for {len(data)} bytes")
        peak = _peak()
        if peak - largest > LARGE_BYTES:
            yield Finding(target.name, "memory", number, f"{(peak - largest) >> 20} MiB for {len(data)} bytes")
        largest = max(largest, peak) if peak - largest > LARGE_BYTES else largest


def guarded(target: Target, seed: int, count: int) -> list[Finding]:
    """Run cases 0 to `count` in a child; where one stalls or kills it, go on behind it with a new one."""
    found: list[Finding] = []
    first = 0
    while first < count:
        ours, theirs = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.get_context("fork").Process(target=_child, args=(target, seed, first, count, theirs))
        child.start()
        theirs.close()
        last, done = _follow(ours, found)
        if done:
            first = count
        else:
            why = "no answer" if child.is_alive() else f"the process ended with {child.exitcode}"
            found.append(Finding(target.name, "stall", last, why))
            first = last + 1
        child.kill()
        child.join()
    return found


def _child(target: Target, seed: int, first: int, count: int, pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    for finding in run_cases(target, seed, range(first, count), pipe.send):
        pipe.send(finding)
    pipe.send(None)


def _follow(pipe: Connection, found: list[Finding]) -> tuple[int, bool]:
    """Take what the child says; the number of the last case that began, and whether it came to the end."""
    last = 0
    with contextlib.suppress(EOFError):
        while pipe.poll(_STALL_SECONDS):
            message = pipe.recv()
            if message is None:
                return last, True
            if isinstance(message, Finding):
                found.append(message)
            else:
                last = message
    return last, False


def _where(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.name}, {frame.filename.rpartition('/')[2]}:{frame.lineno}"
    return f"{type(error).__name__} in {place}: {str(error)[:100]!r}"


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
