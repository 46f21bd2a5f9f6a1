"""Every marker-like comment of a file: whether Flux sees it, and if not, why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.setters import documents
from buildtool.core.setters.comments import Comment
from buildtool.core.setters.errors import RunFailure, Unreadable
from buildtool.core.setters.markers import scalars
from buildtool.core.setters.model import TOKEN, Marker, Skipped
from buildtool.core.setters.node import Kind, Node, Style
from buildtool.core.setters.preview import is_read, place
from buildtool.core.setters.resolve import STR
from buildtool.core.setters.tokens import scan
from buildtool.core.setters.wording import meant, text_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.setters.documents import Resource

# what looks like a marker to a person: the word as a key, in any case, with any quotes
LIKE = re.compile(r"(?i)(?:\$imagepolicy|[{\"']\s*imagepolicy)[\"']?\s*:")
_COMMENT_LINE = re.compile(r"(?m)(?:^|(?<=\s))#[^\n]*$")

WHERE = {
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
    """Where a comment ended up: the word for it ("" = beside a value that Flux sets) and the node that holds it."""

    word: str
    node: Node
    offset: int  # of the document in the file


def markers(text: str, path: str) -> list[Marker]:
    """Every comment of a file that looks like a setter marker, in order. Never raises."""
    text = documents.normal(text)
    if len(text) > documents.MAX_CHARACTERS or LIKE.search(text) is None:
        return []
    skipped = skip_reason(text, path)
    if skipped is not None:
        word = "file-name" if not is_read(path) else "unreadable"
        return [_unseen(text, path, at, line, word, skipped.reason) for at, line in _by_eye(text)]
    try:
        found = documents.resources(text, None)
    except (Unreadable, RunFailure):  # skip_reason has looked: only a token is missing
        return [_unseen(text, path, at, line, *text_problem(line)) for at, line in _by_eye(text)]
    roles = {at: role for resource in found for at, role in _roles(resource)}
    values = [(resource.offset, node) for resource in found for node in scalars(resource.root)]
    return [_marker(text, path, at, line, whole, roles, values) for at, line, whole in _by_scan(text)]


def skip_reason(text: str, path: str) -> Skipped | None:
    """Why Flux passes over a file although it seems to hold a marker; None where it does not."""
    if not is_read(path):
        return Skipped(path, "Flux reads only *.yaml, *.yml and files named Kustomization")
    if TOKEN not in text:
        return None
    try:
        documents.resources(documents.normal(text), None)
    except Unreadable as error:
        return Skipped(path, error.reason, error.line)
    except RunFailure as error:
        return Skipped(path, str(error))
    return None


def _marker(  # noqa: PLR0913 -- the pieces of one marker
    text: str,
    path: str,
    at: int,
    line: str,
    whole: tuple[int, str],
    roles: dict[int, _Role],
    values: list[tuple[int, Node]],
) -> Marker:
    word, reason = text_problem(line)
    role = roles.get(whole[0])
    if word:
        return _unseen(text, path, at, line, word, reason, values)
    if role is None or role.word or whole[1] != line:
        word = role.word if role is not None and role.word else "apart" if role is None else "joined"
        return _unseen(text, path, at, line, word, WHERE[word], values)
    node = role.node
    if TOKEN not in text:
        return _unseen(
            text, path, at, line, "no-token", f"Flux looks only into files that hold the bytes {TOKEN}", values
        )
    typed = node.style is Style.PLAIN and node.tag != STR and not node.tagged
    said = (
        (
            "typed-value",
            f"Flux keeps the type of a plain value: it would write `{node.tag} <new>`. Put the value in quotes",
        )
        if typed
        else ("", "")
    )
    return _at(text, path, at, line, *said, seen=True, value=(role.offset, node))


def _unseen(  # noqa: PLR0913
    text: str, path: str, at: int, line: str, word: str, reason: str, values: list[tuple[int, Node]] | None = None
) -> Marker:
    return _at(text, path, at, line, word, reason, seen=False, value=_nearest(text, at, values or []))


def _at(  # noqa: PLR0913
    text: str, path: str, at: int, line: str, word: str, reason: str, *, seen: bool, value: tuple[int, Node] | None
) -> Marker:
    namespace, name, suffix = meant(line)
    row, column = place(text, at)
    marker = Marker(path, row, column, line, namespace, name, suffix, seen, word, reason)
    if value is None:
        return marker
    offset, node = value
    value_row, value_column = place(text, offset + node.start)
    return Marker(
        path, row, column, line, namespace, name, suffix, seen, word, reason,
        node.value, value_row, value_column, "typed" if node.style is Style.PLAIN and node.tag != STR else node.style.value,
    )  # fmt: skip


def _nearest(text: str, at: int, values: list[tuple[int, Node]]) -> tuple[int, Node] | None:
    """The value on the marker's line, else the one that begins on the line below."""
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    below = text.find("\n", end + 1) if end >= 0 else -1
    same = [one for one in values if start <= one[0] + one[1].start < at]
    if same:
        return same[-1]
    if end < 0 or text[start:at].strip():
        return None
    limit = below if below >= 0 else len(text)
    return next((one for one in values if end < one[0] + one[1].start <= limit), None)


def _by_eye(text: str) -> Iterator[tuple[int, str]]:
    """Marker-like comments of a file that does not parse: (offset, line)."""
    for match in _COMMENT_LINE.finditer(text):
        if LIKE.search(match[0]):
            yield match.start(), match[0].rstrip()


def _by_scan(text: str) -> Iterator[tuple[int, str, tuple[int, str]]]:
    """Marker-like comment lines: (offset, line, (offset of the whole comment, its text))."""
    for offset, part in documents.split(text):
        shift = offset + part.startswith("\ufeff")
        for step in scan(part.removeprefix("\ufeff")).steps:
            if not isinstance(step, Comment):
                continue
            whole = step.head or step.line or step.foot
            position = step.start
            for line in whole.split("\n"):
                position = part.find(line, position) if line else position
                if LIKE.search(line):
                    yield position + shift, line, (step.start + shift, whole.rstrip("\n"))
                position += len(line)


def _roles(resource: Resource) -> Iterator[tuple[int, _Role]]:
    """Where each comment of a document ended up."""
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
