"""One lock a registry on this machine: two runs do not write tags at the same moment."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def machine_lock(name: str, folder: Path | None = None) -> Iterator[None]:
    """Hold the lock of this name, waiting for another process of the same user to let go of it.

    The kernel lets go when a process ends, however it ends. Where no lock file can be made the run goes on without: the
    tags are read again right before they are written in any case.
    """
    place = folder or Path(tempfile.gettempdir()) / f"buildtool-{os.getuid()}"
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    with contextlib.ExitStack() as stack:
        try:
            place.mkdir(mode=0o700, exist_ok=True)
            handle = stack.enter_context((place / f"{digest}.lock").open("w"))
        except OSError:
            handle = None
        if handle is not None:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
