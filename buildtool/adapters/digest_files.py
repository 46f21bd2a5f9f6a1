"""What is known of something by its digest, in files of this user: an entry may be gone, one that is there is right."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Value = TypeVar("Value")
_MOST_FILES = 500
_MOST_BYTES = 64 << 20
_WRITTEN_BY_OTHERS = 0o022


class DigestFiles(Generic[Value]):
    """A failure of the disk is a missing entry. Files that another user could have written are ignored.

    `dump` makes JSON of a value and `load` a value of it, raising any of the errors of a wrong shape. Another `folder`
    is needed for another form.
    """

    def __init__(self, folder: Path, load: Callable[[Any], Value], dump: Callable[[Value], Any]) -> None:
        self._folder = folder
        self._load = load
        self._dump = dump

    def get(self, digest: str) -> Value | None:
        try:
            return self._load(json.loads(self._read(self._file(digest))))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def put(self, digest: str, value: Value) -> None:
        file = self._file(digest)
        partial = file.with_name(f".{secrets.token_hex(8)}.partial")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as target:
                json.dump(self._dump(value), target)
            partial.replace(file)
            self._forget_oldest()
        except OSError:
            with contextlib.suppress(OSError):
                partial.unlink()

    def _read(self, file: Path) -> bytes:
        """The bytes of a file that only this user could write; raises OSError for any other."""
        # not to be followed, and a pipe in its place must not make us wait
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as source:
            found = os.fstat(source.fileno())
            if not (stat.S_ISREG(found.st_mode) and _is_ours(found) and _is_ours(self._folder.lstat())):
                raise PermissionError(1, "somebody else may have written it", str(file))
            return source.read(_MOST_BYTES)

    def _file(self, digest: str) -> Path:
        return self._folder / (digest.replace(":", "-").replace("/", "-") + ".json")

    def _forget_oldest(self) -> None:
        files = sorted(self._folder.glob("*.json"), key=lambda file: file.lstat().st_mtime)
        for file in files[:-_MOST_FILES]:
            file.unlink(missing_ok=True)


def _is_ours(found: os.stat_result) -> bool:
    return found.st_uid == os.getuid() and not found.st_mode & _WRITTEN_BY_OTHERS
