"""Free disk space and small files of this computer; nothing is changed."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_MOST_BYTES = 1 << 20  # of a settings file or a Dockerfile


class Machine:
    @property
    def temporary(self) -> str | None:
        """The folder for temporary files; None where none of the usual ones can be written to."""
        try:
            return tempfile.gettempdir()
        except OSError:
            return None

    def free_bytes(self, folder: str) -> int | None:
        """Room for an ordinary user on the disk of a folder; None where there is no such folder."""
        try:
            return shutil.disk_usage(folder).free
        except (OSError, ValueError):
            return None

    def read(self, path: str) -> str | None:
        """The beginning of a file as text, at most 1 MiB; None where there is none. Raises OSError."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe must not make us wait
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        with open(descriptor, "rb") as file:  # noqa: PTH123 -- a descriptor
            return file.read(_MOST_BYTES).decode("utf-8", errors="replace")

    def write_problem(self, path: str) -> str | None:
        """Why a file cannot be appended to; nothing is written or made."""
        if "\0" in path:
            return "it is not a path"
        try:
            file = Path(path)
            if os.path.exists(file):
                if not os.path.isfile(file):
                    return "it is not a file"
                return None if os.access(file, os.W_OK) else "permission denied"
            if not os.path.isdir(file.parent):
                return "its folder does not exist"
            return None if os.access(file.parent, os.W_OK) else "permission denied in its folder"
        except (OSError, ValueError) as error:
            return str(error)
