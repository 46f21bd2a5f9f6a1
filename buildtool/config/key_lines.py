"""TOML text -> the line of each key, which tomllib does not tell.

Reads only texts that tomllib has accepted, so it does not check the syntax; where it does not understand the text it
stops, and the keys after that have no line.
"""

from __future__ import annotations

import bisect
import contextlib
import re
import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*([A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')[ \t]*(\.?)""")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})' + r"|'''.*?'''(?:'{0,2})" + r'|"(?:\\.|[^"\\\n])*"' + r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}#\r\n]+")


class _LostError(Exception):
    pass


def locate(text: str) -> Mapping[Path, int]:
    """Line numbers from 1 by path: `("images", "frontend", "platforms", 0)`."""
    scanner = _Scanner(text.replace("\r\n", "\n"))
    with contextlib.suppress(_LostError, RecursionError):
        scanner.document()
    return scanner.guesses | scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.guesses: dict[Path, int] = {}  # tables that only stand in the path of a deeper header
        self._ends = [found.start() for found in re.finditer("\n", text)]
        self._counts: dict[Path, int] = {}  # how many [[tables]] of a name there are so far

    def document(self) -> None:
        table: Path = ()
        self._blank()
        while self.at < len(self.text):
            if self.text.startswith("[", self.at):
                table = self._header()
            else:
                self._pair(table)
            self._blank()

    def _header(self) -> Path:
        start = self.at
        many = self.text.startswith("[[", start)
        self.at += 2 if many else 1
        path = self._through_arrays(self._key())
        self._take("]]" if many else "]")
        if many:
            number = self._counts.get(path, 0)
            self._counts[path] = number + 1
            self._note(path, start)
            path = (*path, number)
        self._note(path, start)
        for count in range(1, len(path)):
            self.guesses.setdefault(path[:count], self.lines[path])
        return path

    def _through_arrays(self, names: Path) -> Path:
        """A header below a [[table]] speaks of the newest one."""
        path: Path = ()
        for number, name in enumerate(names):
            path = (*path, name)
            if path in self._counts and number < len(names) - 1:
                path = (*path, self._counts[path] - 1)
        return path

    def _pair(self, table: Path) -> None:
        start = self.at
        names = self._key()
        for count in range(1, len(names) + 1):
            self._note((*table, *names[:count]), start)
        self._take("=")
        self._value((*table, *names))

    def _value(self, path: Path) -> None:
        self._blank()
        if self.text.startswith("[", self.at):
            self._array(path)
        elif self.text.startswith("{", self.at):
            self._inline_table(path)
        else:
            found = _STRING.match(self.text, self.at) or _BARE.match(self.text, self.at)
            if not found:
                raise _LostError
            self.at = found.end()

    def _array(self, path: Path) -> None:
        self._take("[")
        number = 0
        while not self._ends_with("]"):
            self._note((*path, number), self.at)
            self._value((*path, number))
            number += 1

    def _inline_table(self, path: Path) -> None:
        self._take("{")
        while not self._ends_with("}"):
            self._pair(path)

    def _ends_with(self, bracket: str) -> bool:
        """Skip to the next item; True when there is none and the bracket is behind us."""
        self._blank()
        if self.text.startswith(",", self.at):
            self.at += 1
            self._blank()
        if self.text.startswith(bracket, self.at):
            self.at += 1
            return True
        return False

    def _key(self) -> Path:
        names: list[str | int] = []
        while True:
            found = _KEY.match(self.text, self.at)
            if not found:
                raise _LostError
            self.at = found.end()
            names.append(tomllib.loads(f"k = {found[1]}")["k"] if found[1][0] in "\"'" else found[1])
            if not found[2]:
                return tuple(names)

    def _take(self, expected: str) -> None:
        if not self.text.startswith(expected, self.at):
            raise _LostError
        self.at += len(expected)

    def _blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _note(self, path: Path, offset: int) -> None:
        self.lines.setdefault(path, bisect.bisect_left(self._ends, offset) + 1)
