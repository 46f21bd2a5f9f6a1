"""The key that requests are signed with: a file, read each time, because a mounted secret may be renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST = 4096


def read_key(file: Path) -> bytes:
    """Every byte of the file, a line end at its end too: Flux takes the token of a Secret as it is. Raises usage."""
    try:
        with file.open("rb") as source:
            key = source.read(_LARGEST + 1)
    except OSError as error:
        raise BuildtoolError(USAGE, f"the key file {file} cannot be read: {error.strerror}", fix="name it") from error
    if not key or len(key) > _LARGEST:
        wrong = "is empty" if not key else f"has more than {_LARGEST} bytes"
        raise BuildtoolError(USAGE, f"the key file {file} {wrong}", fix="put the token of the Provider's Secret there")
    return key
