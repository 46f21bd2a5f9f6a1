"""Run independent calls at the same time, each in a daemon thread (it does not keep the process alive)."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
_LOOK_SECONDS = 0.05  # seconds between two calls of `stop`


class Task(Generic[T]):
    """One call in a thread of its own. `value` and `error` are set when it has ended; both None until then."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self.value: T | None = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.value = self._call()
        except BaseException as error:  # noqa: BLE001 -- handed to whoever asks for the result
            self.error = error

    @property
    def done(self) -> bool:
        return not self._thread.is_alive()

    def wait(self, seconds: float | None = None) -> None:
        self._thread.join(seconds)

    def result(self) -> T:
        """The value, when it is there; raises what the call raised."""
        self.wait()
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # done without an error: this is its value


def side_by_side(calls: Sequence[Callable[[], T]]) -> list[T]:
    """The results in the order of the calls; raises the first failure in that order. One call runs right here."""
    if len(calls) == 1:
        return [calls[0]()]
    return [task.result() for task in [Task(call) for call in calls]]


def wait_for_all(tasks: Sequence[Task[T]], seconds: float | None, stop: Callable[[], bool] = lambda: False) -> None:
    """Return when all have ended, after `seconds`, or as soon as `stop` says so."""
    until = None if seconds is None else time.monotonic() + seconds
    while not all(task.done for task in tasks) and not stop():
        left = _LOOK_SECONDS if until is None else min(_LOOK_SECONDS, until - time.monotonic())
        if left <= 0:
            return
        next(task for task in tasks if not task.done).wait(left)
