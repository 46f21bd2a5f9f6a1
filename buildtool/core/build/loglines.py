"""Pieces of output of any size -> whole lines, in bounded memory and linear time."""

from __future__ import annotations

import codecs
from collections import deque

LONGEST = 65_536


class LogLines:
    """The output of one step. Pieces may end anywhere, inside a character or a line.

    Only whole lines go out, so that a secret is never cut in two. Of what a carriage return overwrites, as progress
    bars do, the last is kept; of a line longer than LONGEST its beginning.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._parts: list[str] = []
        self._size = 0
        self._returned = False

    def feed(self, data: bytes) -> list[str]:
        """The lines that this piece completes."""
        *whole, rest = self._decoder.decode(data).split("\n")
        lines = []
        for part in whole:
            self._add(part)
            lines.append(self._take())
        self._add(rest)
        return lines

    def end(self) -> list[str]:
        """The last line, where no line feed ended it."""
        self._add(self._decoder.decode(b"", final=True))
        return [self._take()] if self._parts else []

    def _add(self, part: str) -> None:
        if not part:
            return
        text = part.rstrip("\r")
        if text and (self._returned or "\r" in text):
            self._parts, self._size = [], 0
            text = text.rpartition("\r")[2]
        self._returned = text != part and part.endswith("\r")
        if self._size < LONGEST and text:
            self._parts.append(text[: LONGEST - self._size])
        self._size += len(text)

    def _take(self) -> str:
        line = "".join(self._parts) + ("…" if self._size > LONGEST else "")
        self._parts, self._size, self._returned = [], 0, False
        return line


class Tail:
    """The last characters of a text that comes in pieces."""

    def __init__(self, size: int) -> None:
        self._pieces: deque[str] = deque()
        self._most = size
        self._size = 0

    def add(self, piece: str) -> None:
        self._pieces.append(piece[-self._most :])
        self._size += len(self._pieces[-1])
        while self._size - len(self._pieces[0]) >= self._most:
            self._size -= len(self._pieces.popleft())

    def __str__(self) -> str:
        return "".join(self._pieces)[-self._most :]
