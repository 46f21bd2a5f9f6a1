"""A program that does nothing and ends with 0, for each architecture: a test of what a builder can run.

An ELF64 file of one segment: the header (64 bytes), one program header (56), and the machine code of `exit(0)`.
Layout: System V ABI, gabi4 "ELF Header" and "Program Header"; call numbers: Linux, 93 on arm64 and 60 on amd64.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildtool.core.image.names import Platform

_BASE = 0x400000
_HEADERS = 64 + 56
_EXECUTABLE, _LOAD, _READ_AND_RUN, _PAGE = 2, 1, 5, 0x10000
_IDENTITY = b"\x7fELF" + bytes([2, 1, 1, 0]) + bytes(8)  # 64 bits, little end first, version 1
_PROGRAMS = {
    "arm64": (183, struct.pack("<III", 0xD2800000, 0xD2800BA8, 0xD4000001)),  # mov x0, #0; mov x8, #93; svc #0
    "amd64": (62, bytes.fromhex("b83c000000 31ff 0f05")),  # mov eax, 60; xor edi, edi; syscall
}


def noop_program(platform: Platform) -> bytes | None:
    """A Linux program that does nothing and ends with 0; None for platforms that we have none for."""
    if platform.os != "linux" or platform.architecture not in _PROGRAMS:
        return None
    machine, code = _PROGRAMS[platform.architecture]
    size = _HEADERS + len(code)
    header = struct.pack("<HHIQQQIHHHHHH", _EXECUTABLE, machine, 1, _BASE + _HEADERS, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", _LOAD, _READ_AND_RUN, 0, _BASE, _BASE, size, size, _PAGE)
    return _IDENTITY + header + segment + code
