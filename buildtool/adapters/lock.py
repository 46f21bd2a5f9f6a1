"""One lock for each registry on this computer, so that two runs do not write tags at the same moment."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_TRY_SECONDS = 0.2
_SAY_SECONDS = 5.0
_MOST_SECONDS = 3600.0
_HELD = {errno.EAGAIN, errno.EACCES, errno.EINTR}


class Clock(Protocol):
    def sleep(self, seconds: float) -> None: ...


class MachineLock:
    """Locks by name, as files in a folder of the user's own: in a shared one, others could put links in the way.

    `say` is told every few seconds for how long the run has been waiting for another.
    """

    def __init__(self, folder: Path, clock: Clock, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._clock = clock
        self._say = say

    @contextlib.contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Hold the lock of this name, waiting for another process of the same user to let go of it.

        The kernel lets go when a process ends, however it ends. Where no lock can be made the run goes on without: the
        tags are read again right before they are written in any case.
        """
        file = self._open(hashlib.sha256(name.encode()).hexdigest()[:16])
        if file is None:
            yield
            return
        try:
            self._wait(file, name)
            yield
        finally:
            os.close(file)

    def _wait(self, file: int, name: str) -> None:
        """Until the lock is ours, or for an hour: a run that was stopped must not stop all others."""
        tries = 0
        while not _taken(file):
            waited = tries * _TRY_SECONDS
            if waited >= _MOST_SECONDS:
                self._say(f"the other push did not end within {waited:.0f} s: going on without waiting for it")
                return
            if tries % round(_SAY_SECONDS / _TRY_SECONDS) == 0:
                self._say(f"waiting for another push of this machine to {name} ({waited:.0f} s so far)")
            self._clock.sleep(_TRY_SECONDS)
            tries += 1

    def _open(self, name: str) -> int | None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self._folder / f"{name}.lock", flags, 0o600)
        except OSError:
            return None


def _taken(file: int) -> bool:
    """Whether the lock is ours now; True also where this file system has no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _HELD
    return True
