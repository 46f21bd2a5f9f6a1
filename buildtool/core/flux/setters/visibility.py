"""Every comment of a file that looks like a setter marker: whether Flux reads it as one, and if not, why."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from buildtool.core.flux.marker_name import MARKER_LIKE, TOKEN
from buildtool.core.flux.setters import documents
from buildtool.core.flux.setters.changes import Marker, Skipped
from buildtool.core.flux.setters.commented_node import Kind, Style
from buildtool.core.flux.setters.comments import Lines
from buildtool.core.flux.setters.marker_text import meant, text_problem
from buildtool.core.flux.setters.markers import scalars
from buildtool.core.flux.setters.preview import is_read
from buildtool.core.flux.setters.scalar_types import BOOL, FLOAT, INT, NULL, STR, TIMESTAMP
from buildtool.core.flux.setters.unreadable_yaml import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.setters.commented_node import Node
    from buildtool.core.flux.setters.documents import Resource

_COMMENT_LINE = re.compile(r"(?m)(?:^|(?<=\s))#[^\n]*$")

_FILE_NAME = "Flux reads only *.yaml, *.yml and files named Kustomization"
_TYPES = frozenset({BOOL, FLOAT, INT, NULL, TIMESTAMP})
_TYPED = "Flux keeps the type of a plain value and would write `{} <new>`: put the value in quotes"
REASONS = {
    "above-key": "a comment above `key: value` belongs to the key; put the marker behind the value, on its line",
    "parent-line": "the comment stands beside a key whose value begins on the next line",
    "empty-value": "the field has no value for Flux to replace: begin with a quoted string",
    "below": "a comment below belongs to nothing that Flux sets; put it behind the value, on its line",
    "collection": "the comment belongs to a list or mapping as a whole, not to one value",
    "alias": "Flux does not follow aliases (*name): put the marker beside the anchored value",
    "hidden": "another comment stands beside the value, and Flux then does not read the one above",
    "duplicate-key": "the key occurs before in the same mapping, and Flux sets only the first",
    "joined": "the marker shares a comment of several lines: it must be a comment of its own",
    "apart": "the comment stands apart from every value",
}


@dataclass(frozen=True, slots=True)
class _Role:
    """The node that a comment is attached to, and how: a key of REASONS, "" beside a value that Flux sets."""

    word: str
    node: Node
    offset: int  # of the document in the file


def markers(text: str, path: str) -> list[Marker]:
    """Every comment of a file that looks like a setter marker, in order. Never raises."""
    if len(text) > documents.MAX_CHARACTERS or MARKER_LIKE.search(text) is None:
        return []
    if not is_read(path):
        return _unread(documents.with_line_feeds(text), path, "file-name", _FILE_NAME)
    found, failure = documents.read_cached(text)
    if failure is not None:
        return _unread(documents.with_line_feeds(text), path, "unreadable", str(failure))
    if not found:
        return _unread(documents.with_line_feeds(text), path, "apart", REASONS["apart"])
    return _File(documents.with_line_feeds(text), path, found).markers()


def skip_reason(text: str, path: str) -> Skipped | None:
    """Why Flux passes over a file although it seems to hold a marker; None where it does not."""
    if not is_read(path):
        return Skipped(path, _FILE_NAME)
    if TOKEN not in text:
        return None
    _, failure = documents.read_cached(text)
    if failure is None:
        return None
    return Skipped(path, str(failure), failure.line if isinstance(failure, Unreadable) else 0)


def _unread(text: str, path: str, problem: str, reason: str) -> list[Marker]:
    """The markers of a file that Flux does not read: all unseen, found line by line."""
    lines = Lines(text)
    return [
        Marker(path, *lines.place(at), line, *meant(line), problem=problem, reason=reason)
        for at, line in _line_by_line(text)
    ]


class _File:
    """A file that Flux reads: its comments with their roles, and the values it may set."""

    def __init__(self, text: str, path: str, found: tuple[Resource, ...]) -> None:
        self.text, self.path, self.found = text, path, found
        self.lines = Lines(text)
        self.roles = {at: role for resource in found for at, role in _roles(resource)}
        nodes = [(resource.offset, node) for resource in found for node in scalars(resource.root)]
        self.values = sorted(
            ((offset + node.start, node) for offset, node in nodes if node.end > node.start), key=_offset
        )

    def markers(self) -> list[Marker]:
        return [self._marker(*one) for resource in self.found for one in _lines(self.text, resource)]

    def _marker(self, at: int, line: str, whole: tuple[int, str]) -> Marker:
        role = self.roles.get(whole[0])
        problem, reason = self._problem(line, whole, role)
        seen = not problem
        value = self._nearest(at)
        if role is not None and not role.word:
            value = (role.offset + role.node.start, role.node)
            if seen and _typed(role.node):
                problem, reason = "typed-value", _TYPED.format(role.node.tag)
        marker = Marker(self.path, *self.lines.place(at), line, *meant(line), seen, problem, reason)
        if value is None:
            return marker
        offset, node = value
        row, column = self.lines.place(offset)
        style = "typed" if _typed(node) else node.style.value
        return replace(marker, value=node.value, value_line=row, value_column=column, style=style)

    def _problem(self, line: str, whole: tuple[int, str], role: _Role | None) -> tuple[str, str]:
        word, reason = text_problem(line)
        if word:
            return word, reason
        if TOKEN not in self.text:
            return "no-token", f"Flux looks only into files that hold the characters {TOKEN}"
        word = "apart" if role is None else role.word or ("joined" if whole[1] != line else "")
        return (word, REASONS[word]) if word else ("", "")

    def _nearest(self, at: int) -> tuple[int, Node] | None:
        """The value on the marker's line, else the one that begins on the line below."""
        start, end = self.text.rfind("\n", 0, at) + 1, self.text.find("\n", at)
        before = bisect_left(self.values, at, key=_offset) - 1
        if before >= 0 and self.values[before][0] >= start:
            return self.values[before]
        if end < 0 or self.text[start:at].strip():
            return None
        below = self.text.find("\n", end + 1)
        after = bisect_left(self.values, end, key=_offset)
        within = after < len(self.values) and self.values[after][0] <= (below if below >= 0 else len(self.text))
        return self.values[after] if within else None


def _offset(value: tuple[int, Node]) -> int:
    return value[0]


def _typed(node: Node) -> bool:
    """A plain number, boolean, null or date, or a value with such a tag (`!!int`): Flux keeps that type."""
    return node.tag in _TYPES if node.tagged else node.style is Style.PLAIN and node.tag != STR


def _line_by_line(text: str) -> Iterator[tuple[int, str]]:
    """Marker-like comments of a file that does not parse: (offset, line)."""
    for match in _COMMENT_LINE.finditer(text):
        if MARKER_LIKE.search(match[0]):
            yield match.start(), match[0].rstrip()


def _lines(text: str, resource: Resource) -> Iterator[tuple[int, str, tuple[int, str]]]:
    """Marker-like comment lines of a document: (offset, line, (offset of the whole comment, its text))."""
    for start, body in resource.document.comments:
        whole = (start + resource.offset, body.rstrip("\n"))
        position = whole[0]
        for line in body.split("\n"):
            position = text.find(line, position) if line else position
            if MARKER_LIKE.search(line):
                yield position, line, whole
            position += len(line)


def _roles(resource: Resource) -> Iterator[tuple[int, _Role]]:
    """(offset in the file, role) of each comment of a document."""
    visited = {id(node) for node in scalars(resource.root)}
    stack: list[tuple[Node, Node | None]] = [(resource.root, None)]  # a node, and its value if it is a key
    while stack:
        node, value = stack.pop()
        for at, word in _comments(node, value, seen=id(node) in visited):
            yield at + resource.offset, _Role(word, node, resource.offset)
        if node.kind is Kind.MAPPING:
            stack += [one for key, item in node.pairs() for one in ((key, item), (item, None))]
        else:
            stack += [(child, None) for child in node.children]


def _comments(node: Node, value: Node | None, *, seen: bool) -> Iterator[tuple[int, str]]:
    """The offsets of a node's comments, each with the word for its role."""
    if node.foot_at >= 0:
        yield node.foot_at, "below"
    if value is not None:
        beside = "parent-line" if value.children else "empty-value"
        yield from ((at, word) for at, word in ((node.head_at, "above-key"), (node.line_at, beside)) if at >= 0)
        return
    word = ""
    if not seen:
        word = {Kind.ALIAS: "alias", Kind.SCALAR: "duplicate-key"}.get(node.kind, "collection")
    if node.line_at >= 0:
        yield node.line_at, word
    if node.head_at >= 0:
        yield node.head_at, word or ("hidden" if node.line else "")
