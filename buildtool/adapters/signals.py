"""The signals that ask a run to end."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class EndingSignals:
    """INT, TERM and HUP, however often they come."""

    @contextlib.contextmanager
    def held(self) -> Iterator[Callable[[], bool]]:
        """Inside the block they only set what the yielded function tells; behind it, one that came interrupts.

        An exception of the block goes first: it says what the interruption left. Outside the main thread no handler can
        be set, and the block runs as it is.
        """
        if threading.current_thread() is not threading.main_thread():
            yield lambda: False
            return
        came: list[int] = []
        before = {number: signal.signal(number, lambda got, _frame: came.append(got)) for number in _heard()}
        try:
            yield lambda: bool(came)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        if came:
            raise KeyboardInterrupt


def interrupt_at_all() -> None:
    """TERM and HUP interrupt the run as INT does, so that it ends as it has to; what is ignored stays so (`nohup`)."""
    for number in _heard():
        signal.signal(number, _interrupt)


def ignore_all() -> None:
    """From now on none of them counts: the run is ending, and a second one must not keep it from saying how."""
    if threading.current_thread() is threading.main_thread():
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)


def _heard() -> list[signal.Signals]:
    return [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
