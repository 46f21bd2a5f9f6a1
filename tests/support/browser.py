"""A real headless browser: what a page looks like, and what became of its elements."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from typing import TYPE_CHECKING, NamedTuple

from tests.support.need import need

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Nothing but the page is asked for: no update, no account, no safe browsing.
_QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
)
_SECONDS = 120
_PIXEL = {2: 3, 6: 4}  # PNG's color type -> bytes of a pixel


class Picture(NamedTuple):
    """`rows` are the pixels of each line, `pixel` bytes each."""

    width: int
    height: int
    pixel: int
    rows: list[bytes]

    def column(self, x: int) -> set[bytes]:
        return {row[x * self.pixel : (x + 1) * self.pixel] for row in self.rows}

    @property
    def colors(self) -> int:
        return len({row[i : i + self.pixel] for row in self.rows for i in range(0, len(row), self.pixel)})


class Browser:
    """Keeps its profile in `folder`, a new one."""

    def __init__(self, folder: Path) -> None:
        program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
        need(program, "no browser: apt-get install chromium")
        self._argv = [str(program), *_QUIET, f"--user-data-dir={folder / 'profile'}"]
        self._folder = folder

    def document(self, url: str) -> str:
        """The elements of the page after it was loaded, as HTML."""
        return self._run("--dump-dom", url)

    def screenshot(self, url: str, width: int, height: int) -> Picture:
        file = self._folder / f"{width}x{height}.png"
        self._run(f"--window-size={width},{height}", f"--screenshot={file}", url)
        return _read_png(file.read_bytes())

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([*self._argv, *arguments], capture_output=True, text=True, timeout=_SECONDS, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def _read_png(data: bytes) -> Picture:
    """The pixels of a PNG of 8 bits a channel, not interlaced (PNG specification, sections 9 and 11)."""
    position, packed = 8, b""
    width = height = pixel = 0
    while position < len(data):
        length, kind = struct.unpack(">I4s", data[position : position + 8])
        body = data[position + 8 : position + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color, *_, interlaced = struct.unpack(">IIBBBBB", body)
            assert (depth, interlaced) == (8, 0)
            pixel = _PIXEL[color]
        elif kind == b"IDAT":
            packed += body
        position += length + 12
    raw, stride, rows, above = zlib.decompress(packed), width * pixel, [], bytearray(width * pixel)
    for number in range(height):
        start = number * (stride + 1)
        above = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above, pixel)
        rows.append(bytes(above))
    return Picture(width, height, pixel, rows)


def _unfiltered(kind: int, line: bytearray, above: bytearray, pixel: int) -> bytearray:
    for i, value in enumerate(line):
        left = line[i - pixel] if i >= pixel else 0
        corner = above[i - pixel] if i >= pixel else 0
        guess = (0, left, above[i], (left + above[i]) // 2, _paeth(left, above[i], corner))[kind]
        line[i] = (value + guess) & 0xFF
    return line


def _paeth(left: int, up: int, corner: int) -> int:
    distances = [(abs(up - corner), left), (abs(left - corner), up), (abs(left + up - 2 * corner), corner)]
    return min(distances, key=lambda one: one[0])[1]
