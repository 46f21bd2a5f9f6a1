"""Writes a JSON document to a file, whole or not at all; a path that cannot be written is found out at once."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from buildtool.core.text.printable import json_text
from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from types import TracebackType

_READABLE = 0o644


class DocumentFile:
    """Use it as a context: entering makes a file of a random name beside the target, so that a wrong place is known.

    `write` puts the document in the target's place; leaving without it leaves the target as it was. Raises usage.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._partial: Path | None = None

    def __enter__(self) -> Self:
        try:
            if os.path.isdir(self._target):
                raise IsADirectoryError(0, "it is a folder")
            handle, name = tempfile.mkstemp(prefix=f".{self._target.name[:100]}.", dir=self._target.parent)
        except (OSError, ValueError) as error:
            raise self._failed(error) from error
        os.close(handle)
        self._partial = Path(name)
        return self

    def write(self, document: Any) -> None:
        """Replace the target by this document, UTF-8 with a final newline."""
        if self._partial is None:
            raise ValueError("the file is not open")
        try:
            self._partial.write_text(json_text(document, indent=2) + "\n", encoding="utf-8")
            self._partial.chmod(_READABLE & ~_umask())
            self._partial.replace(self._target)
        except (OSError, ValueError) as error:
            raise self._failed(error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._partial is not None:
            with contextlib.suppress(OSError):
                self._partial.unlink(missing_ok=True)

    def _failed(self, error: OSError | ValueError) -> BuildtoolError:
        reason = getattr(error, "strerror", None) or str(error)
        return BuildtoolError(
            USAGE, f"cannot write {self._target}: {reason}", fix="name a file in a folder that exists"
        )


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
