"""Who uses which builder on this computer: locks and owners, beside buildx's own records of the builders."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import time
from typing import TYPE_CHECKING

from buildtool.errors import BUILDER_UNUSABLE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_TRY_SECONDS = 0.1
_MOST_SECONDS = 900.0  # a run that starts a builder may pull an image first
_HELD = {errno.EAGAIN, errno.EACCES, errno.EINTR}
_LARGEST = 1 << 20


class BuilderLocks:
    """Locks of builders as files in a folder: they are this user's, as buildx's records are.

    The kernel lets go when a process ends, however it ends. `pause` waits some seconds.
    """

    def __init__(self, folder: Path, pause: Callable[[float], None] = time.sleep) -> None:
        self._folder = folder
        self._pause = pause
        self._held: dict[str, int] = {}

    def hold(self, name: str) -> None:
        """Use a builder until this process ends; without a lock where none can be made."""
        if name in self._held:
            return
        file = self._open(f"{name}.use")
        if file is not None:
            self._held[name] = file
            self._wait(file, fcntl.LOCK_SH, name)

    @contextlib.contextmanager
    def alone(self, name: str) -> Iterator[bool | None]:
        """Whether no run uses it, and none begins to during the block; None where no lock can be made."""
        file = self._open(f"{name}.use")
        if file is None:
            yield None
            return
        try:
            yield _locked(file, fcntl.LOCK_EX)
        finally:
            os.close(file)

    @contextlib.contextmanager
    def making(self, name: str) -> Iterator[None]:
        """Be the only one that makes it; raises builder-unusable where another run does not end."""
        file = self._open(f"{name}.make")
        try:
            if file is not None:
                self._wait(file, fcntl.LOCK_EX, name)
            yield
        finally:
            if file is not None:
                os.close(file)

    def owners(self, name: str) -> frozenset[str]:
        try:
            with (self._folder / f"{name}.json").open(encoding="utf-8") as file:
                document = json.loads(file.read(_LARGEST))
        except (OSError, ValueError, RecursionError):
            return frozenset()
        owners = document.get("owners") if isinstance(document, dict) else None
        return frozenset(one for one in owners if isinstance(one, str)) if isinstance(owners, list) else frozenset()

    def remember(self, name: str, owner: str) -> None:
        """Called inside `making`. What cannot be written is not known later: such a builder is left alone."""
        text = json.dumps({"owners": sorted(self.owners(name) | {owner})})
        file = self._folder / f"{name}.json"
        temporary = file.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(file)

    def forget(self, name: str) -> None:
        with contextlib.suppress(OSError):
            (self._folder / f"{name}.json").unlink()

    def _wait(self, file: int, kind: int, name: str) -> None:
        waited = 0.0
        while _locked(file, kind) is False:
            if waited >= _MOST_SECONDS:
                message = f"builder {name}: another run has been making or removing it for {waited:.0f} s"
                fix = "look for a buildtool that hangs (ps aux | grep buildtool), end it, and run the same again"
                raise BuildtoolError(BUILDER_UNUSABLE, message, fix=fix)
            self._pause(_TRY_SECONDS)
            waited += _TRY_SECONDS

    def _open(self, name: str) -> int | None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self._folder / name, flags, 0o600)
        except OSError:
            return None


def _locked(file: int, kind: int) -> bool | None:
    """Whether the lock is ours now; None where this file system has no locks."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _HELD else None
    return True
