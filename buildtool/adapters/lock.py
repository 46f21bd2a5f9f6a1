"""One lock a registry on this machine: two runs do not write tags at the same moment."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class MachineLock:
    """Locks by name, as files in a folder of the user's own: in a shared one, others could put links in the way."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Hold the lock of this name, waiting for another process of the same user to let go of it.

        The kernel lets go when a process ends, however it ends. Where no lock file can be made the run goes on without:
        the tags are read again right before they are written in any case.
        """
        file = self._open(hashlib.sha256(name.encode()).hexdigest()[:16])
        if file is None:
            yield
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)

    def _open(self, name: str) -> int | None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self._folder / f"{name}.lock", flags, 0o600)
        except OSError:
            return None
