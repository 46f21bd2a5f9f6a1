"""A fast, exact reading of files in Flux's own plain form; for any other file the answer is "not sure".

A file of plain block maps and sequences, exactly as Flux writes them, needs no parser: each line says what it is. The
grammar here is a small part of what `core.setters` knows, and a test holds the two equal on every file it accepts.
"""

from __future__ import annotations

import re

from buildtool.core.flux.marker_name import NAME, TOKEN

_WORD = r"(?:--?)?[A-Za-z/_][A-Za-z0-9/_.+=-]*(?::[A-Za-z0-9/_.+=-]+)*"
_NUMBER = r"0|[1-9][0-9]{0,15}"
_QUANTITY = r"[1-9][0-9]{0,8}(?:m|s|h|k|M|G|Ki|Mi|Gi)"
_IMAGE = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]{1,5}/[a-z0-9][a-z0-9/._-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?)?"
_QUOTED = r"\"[A-Za-z0-9/_.:+=@ -]*\"|'[A-Za-z0-9/_.:+=@ -]*'"
_LINE = re.compile(
    r"(?P<indent> *)(?P<item>- )?"
    r"(?:(?P<key>[A-Za-z_][A-Za-z0-9_./-]*):(?=[ ]|\Z))?"
    rf"(?:(?P<space> ?)(?P<value>{_QUOTED}|{_IMAGE}|{_QUANTITY}|{_NUMBER}|{_WORD}(?: {_WORD})*))?"
    r"(?P<comment> # ?[^\s].*)?"
)
_COMMENT = re.compile(r"( *)# ?\S.*")
_MARKER = re.compile(
    rf' # \{{{re.escape(TOKEN)}: "(?P<policy>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)'
    r'(?::(?P<part>tag|name|digest))?"\}'
)
# What some reader takes for a boolean or null, so that a writer may put it into quotes.
_DOUBTFUL = frozenset({"y", "n", "yes", "no", "on", "off", "null", "true", "false"})
_MAPS = frozenset({"metadata", "annotations"})  # Flux skips a file in which they are something else
_TYPED = re.compile(rf"(?:{_NUMBER}|true|false)\Z")
_KEPT = frozenset({"true", "false"})
_WHOLE_FILE = ("kind: List", "kind: ResourceList", "config.kubernetes.io", "\t", "\r", "\ufeff", " \n", "\n\n")

Place = tuple[str, str, str, int, int, bool]  # policy, part, value, line, column, typed


def read(text: str) -> list[Place] | None:
    """The markers of the file, all of which Flux acts on; None where this reading is not sure of every line.

    A file that is read here is one that Flux would write exactly so.
    """
    if not text.endswith("\n") or text.startswith("---") or any(part in text for part in _WHOLE_FILE):
        return None
    found: list[Place] = []
    number = 1
    for document in text[:-1].split("\n---\n"):
        lines = document.split("\n")
        if not _Document().read(lines, number, found):
            return None
        number += len(lines) + 1
    return found


class _Document:
    """The lines of one document: `levels` holds, from the outside, (indent, keys of the map) or (indent, None)."""

    def __init__(self) -> None:
        self.levels: list[tuple[int, set[str] | None]] = []
        self.wide: bool | None = None  # sequences stand two spaces deeper than their key
        self.opens = -1  # the indent of a key without a value, whose value must follow
        self.opened = ""  # that key
        self.comment = -1  # the indent of the comment above, which the next line must have

    def read(self, lines: list[str], number: int, found: list[Place]) -> bool:
        for at, line in enumerate(lines, start=number):
            comment = _COMMENT.fullmatch(line)
            if comment is not None:
                if NAME in line.lower() or self.comment not in (-1, len(comment[1])):
                    return False
                self.comment = len(comment[1])
            elif not self._content(line, at, found):
                return False
        return self.opens < 0 and self.comment < 0 and bool(self.levels)

    def _content(self, line: str, at: int, found: list[Place]) -> bool:
        match = _LINE.fullmatch(line)
        if match is None or not self._shape(match) or not self._level(match):
            return False
        self.comment = -1
        return self._comment_beside(match, at, found)

    def _shape(self, match: re.Match[str]) -> bool:
        """A key with a value or none, or an item that is a value."""
        key, value, space = match["key"], match["value"], match["space"]
        if self.comment not in (-1, len(match["indent"])):
            return False
        if key is None:
            return match["item"] is not None and value is not None and not space and _sure(value)
        if key.lower() in _DOUBTFUL or (key in _MAPS and value is not None):
            return False
        return value is None or (space == " " and _sure(value))

    def _level(self, match: re.Match[str]) -> bool:
        indent = len(match["indent"])
        if not self._enter(indent, item=match["item"] is not None):
            return False
        if match["item"] is not None and match["key"] is not None:
            self.levels.append((indent + 2, set()))
        if match["key"] is None:
            return True
        keys = self.levels[-1][1]
        if keys is None or match["key"] in keys:
            return False
        keys.add(match["key"])
        self.opens = self.levels[-1][0] if match["value"] is None else -1
        self.opened = match["key"]
        return True

    def _enter(self, indent: int, *, item: bool) -> bool:
        """Open or close levels so that the innermost is the one this line belongs to."""
        opens, self.opens = self.opens, -1
        if opens >= 0:
            return self._open(opens, indent, item=item)
        if not self.levels:
            self.levels.append((0, set()))
            return indent == 0 and not item
        while self.levels and not (self.levels[-1][0] == indent and (self.levels[-1][1] is None) == item):
            if self.levels[-1][0] < indent:
                return False
            self.levels.pop()
        return bool(self.levels)

    def _open(self, opens: int, indent: int, *, item: bool) -> bool:
        if not item:
            self.levels.append((indent, set()))
            return indent == opens + 2
        wide = indent == opens + 2
        if self.opened in _MAPS:
            return False
        if not wide and indent != opens:
            return False
        if self.wide not in (None, wide):
            return False
        self.wide = wide
        self.levels.append((indent, None))
        return True

    def _comment_beside(self, match: re.Match[str], at: int, found: list[Place]) -> bool:
        comment, value = match["comment"], match["value"]
        if comment is None:
            return True
        if value is None:
            return False  # beside a key whose value follows
        if NAME not in comment.lower():
            return True
        marker = _MARKER.fullmatch(comment)
        if marker is None:
            return False
        typed = _TYPED.match(value) is not None
        plain = value[1:-1] if value[0] in "\"'" else value
        found.append((marker["policy"], marker["part"] or "", plain, at, match.start("value") + 1, typed))
        return True


def _sure(value: str) -> bool:
    """Whether a writer keeps the value as it is."""
    if value[0] in "\"'":
        return True
    return value in _KEPT or not any(word.lower() in _DOUBTFUL for word in value.split(" "))
