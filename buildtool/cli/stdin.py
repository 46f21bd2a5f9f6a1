"""Reads standard input and files that are named on the command line, up to a size."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from buildtool.errors import USAGE, BuildtoolError


def read_stdin(most: int) -> bytes:
    """What is waiting on stdin, at most so many bytes; nothing at its end. Raises usage."""
    if sys.stdin is None:
        raise BuildtoolError(USAGE, "stdin is closed", fix="pipe something in, or name a file: … < FILE")
    stream = sys.stdin.buffer
    try:
        return stream.read1(most) if isinstance(stream, io.BufferedReader) else stream.read(most)
    except OSError as error:
        raise BuildtoolError(USAGE, f"stdin cannot be read: {error.strerror}", fix="give a file or a pipe") from None


def read_file(name: str, most: int) -> bytes:
    """A file, or stdin for `-`, whole; raises usage where it cannot be read or holds more than `most` bytes."""
    try:
        data = _all_of_stdin(most) if name == "-" else _start_of(name, most + 1)
    except OSError as error:
        raise BuildtoolError(
            USAGE, f"{name} cannot be read: {error.strerror}", fix="name a file you can read"
        ) from None
    if len(data) > most:
        raise BuildtoolError(USAGE, f"{name} holds more than {most >> 20} MiB", fix="name a smaller file")
    return data


def _all_of_stdin(most: int) -> bytes:
    parts: list[bytes] = []
    held = 0
    while held <= most and (part := read_stdin(1 << 16)):
        parts.append(part)
        held += len(part)
    return b"".join(parts)


def _start_of(name: str, most: int) -> bytes:
    with Path(name).open("rb") as file:
        return file.read(most)
