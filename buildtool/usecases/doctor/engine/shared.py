"""A value that several checks need: made once, waited for with a limit; who reports that it is missing is settled."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from buildtool.errors import NO_ANSWER, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class BlockedError(Exception):
    """Something this check needs is broken; the check that owns it reports that."""


class Shared(Generic[T]):
    """`label` is what the value is, as in "needs the configuration"; `seconds` is how long it may take.

    It is made in a thread of its own, so that a maker that hangs holds nobody up for longer than that.
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
        """For the one check that reports what is wrong with it: raises what making it raised."""
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
        """For every other check: raises BlockedError where it cannot be had."""
        try:
            return self.own()
        except BlockedError as error:
            raise BlockedError(str(error)) from error  # what is at the root of it
        except BuildtoolError as error:
            raise BlockedError(f"needs {self._label}") from error

    def maybe(self) -> T | None:
        """For checks that only say more with it."""
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
