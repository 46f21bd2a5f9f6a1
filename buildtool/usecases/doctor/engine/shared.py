"""A value that several checks use: computed once, with a time limit, and its failure reported by one check only.

Example: three checks use the answer of the docker engine.

    engine = Shared("the docker engine", ask_engine, seconds=10.0)

    check "engine"    engine.own()     reports the engine: returns its facts, or raises the error of ask_engine
    check "disk"      engine.need()    cannot work without it: returns its facts, or raises BlockedError
    check "builder"   engine.maybe()   says more with it: returns its facts, or None

With the engine down the first check is the fact "docker engine: failed", with the error and its fix. The second is
"disk images: skipped, needs the docker engine". So the user sees one failure for one cause, and ask_engine ran once.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from buildtool.errors import NO_ANSWER, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class BlockedError(Exception):
    """A value that a check needs is not there. Another check, the one that calls `own`, reports why."""


class Shared(Generic[T]):
    """A value that `make` computes when it is first asked for.

    `label` names it in messages ("needs the docker engine"). `make` runs in a thread of its own; a check waits for it
    `seconds` at most, also where `make` never returns.
    """

    def __init__(self, label: str, make: Callable[[], T], seconds: float = 10.0) -> None:
        self._label = label
        self._make = make
        self._seconds = seconds
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._started = False
        self._value: T
        self._error: BaseException | None = None

    def own(self) -> T:
        """The value, for the one check that reports on it; raises what `make` raised, or no-answer."""
        with self._lock:
            if not self._started:
                self._started = True
                threading.Thread(target=self._run, daemon=True).start()
        if not self._done.wait(self._seconds):
            raise BuildtoolError(NO_ANSWER, f"no answer within {self._seconds:.0f} s from {self._label}")
        if self._error is not None:
            raise self._error
        return self._value

    def need(self) -> T:
        """The value, for a check that cannot work without it; raises BlockedError where there is none."""
        try:
            return self.own()
        except BlockedError as error:
            raise BlockedError(str(error)) from error  # the first cause, where `make` itself was blocked
        except BuildtoolError as error:
            raise BlockedError(f"needs {self._label}") from error

    def maybe(self) -> T | None:
        """The value, or None where there is none: for a check that also works without it."""
        try:
            return self.own()
        except (BuildtoolError, BlockedError):
            return None

    def _run(self) -> None:
        try:
            self._value = self._make()
        except BaseException as error:  # noqa: BLE001 -- raised again in the thread that asks
            self._error = error
        finally:
            self._done.set()
