"""Runs several pushes step by step, in an order that a test draws: one registry request at a time, of one run.

Each run is a thread that stops before every request; the schedule lets exactly one go on, so that a drawn order always
gives the same course of events. What happens at a request is drawn too: it works, it is refused, its answer is lost,
the run is killed (nothing of it runs any more), or a signal comes.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from buildtool.errors import REGISTRY_UNREACHABLE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.memory.registry import MemoryRegistry

_ASKS = ("probe", "tags", "manifest", "digest", "blob", "put_manifest", "remove_tag", "check_push")


class Event(StrEnum):
    WORKS = "works"
    REFUSED = "refused"
    LOST = "answer lost"
    KILL = "kill"
    SIGNAL = "signal"


class Killed(BaseException):
    """The process is gone: no handler of it does anything any more."""


class SteppedSignals:
    """Inside `held` a signal waits; elsewhere it interrupts the request that is under way."""

    def __init__(self) -> None:
        self._holding = False
        self._came = False

    @contextlib.contextmanager
    def held(self) -> Iterator[Callable[[], bool]]:
        self._holding, self._came = True, False
        try:
            yield lambda: self._came
        finally:
            self._holding = False
        if self._came:
            raise KeyboardInterrupt

    def send(self) -> None:
        if not self._holding:
            raise KeyboardInterrupt
        self._came = True


@dataclass
class Run:
    """One push. `error` is how it ended, None for success; `ended` is set then."""

    name: str
    call: Callable[[SteppedRegistry, SteppedSignals], object]
    error: BaseException | None = None
    ended: bool = False
    dead: bool = False
    waiting: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    event: Event = Event.WORKS
    signals: SteppedSignals = field(default_factory=SteppedSignals)

    def start(self, registry: MemoryRegistry) -> None:
        threading.Thread(target=self._live, args=(registry,), daemon=True).start()
        self.waiting.wait()

    def _live(self, registry: MemoryRegistry) -> None:
        try:
            self.call(SteppedRegistry(registry, self), self.signals)
        except BaseException as error:  # noqa: BLE001 -- how a run ends is what is looked at
            self.error = error
        self.ended = True
        self.waiting.set()

    def step(self, event: Event) -> None:
        """Let the run do its next request, and wait until it stands before another, or has ended."""
        self.event = event
        self.waiting.clear()
        self.go.set()
        self.waiting.wait()

    def pause(self) -> Event:
        self.waiting.set()
        self.go.wait()
        self.go.clear()
        return self.event


class SteppedRegistry:
    """A MemoryRegistry, one request at a time."""

    def __init__(self, registry: MemoryRegistry, run: Run) -> None:
        self._registry = registry
        self._run = run

    def __getattr__(self, name: str) -> Any:
        if name not in _ASKS:
            return getattr(self._registry, name)

        def ask(*arguments: Any) -> Any:
            if self._run.dead:
                raise Killed
            event = self._run.pause()
            if event is Event.KILL:
                self._run.dead = True
                raise Killed
            if event is Event.SIGNAL:
                self._run.signals.send()
            if event is Event.REFUSED:
                raise BuildtoolError(REGISTRY_UNREACHABLE, f"{name} was refused", place="memory")
            answer = getattr(self._registry, name)(*arguments)
            answer = list(answer) if name == "tags" else answer
            if event is Event.LOST:
                raise BuildtoolError(REGISTRY_UNREACHABLE, f"the answer to {name} was lost", place="memory")
            return answer

        return ask
