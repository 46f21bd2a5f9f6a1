"""The three standard streams, as a run needs them: open, whatever started it."""

from __future__ import annotations

import os
import sys

_STDOUT, _STDERR = 1, 2


def open_what_is_closed() -> None:
    """Put the null device where a standard stream is closed (`>&-`), so that no other file takes its number.

    What would be written there is lost, as whoever closed it wanted. stdin stays None for Python: it is told as closed.
    """
    for number in range(_STDERR + 1):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free: this one
    if sys.stdout is None:
        sys.stdout = os.fdopen(_STDOUT, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(_STDERR, "w", encoding="utf-8", closefd=False)
