"""Reads a .deb: an ar archive (deb(5)) whose data.tar.* holds the files."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAGIC = b"!<arch>\n"
_HEADER = 60
_SIZE = slice(48, 58)


def data(path: Path) -> tarfile.TarFile:
    """The package's files, open for reading."""
    for name, body in _members(path.read_bytes()):
        if name.startswith("data.tar"):
            return tarfile.open(fileobj=io.BytesIO(body))  # the caller closes it
    raise ValueError(f"{path.name} holds no data.tar")


def _members(archive: bytes) -> Iterator[tuple[str, bytes]]:
    if not archive.startswith(_MAGIC):
        raise ValueError("not an ar archive")
    at = len(_MAGIC)
    while at + _HEADER <= len(archive):
        header = archive[at : at + _HEADER]
        size = int(header[_SIZE])
        at += _HEADER
        yield header[:16].decode("ascii").rstrip().rstrip("/"), archive[at : at + size]
        at += size + size % 2
