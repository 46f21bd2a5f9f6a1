"""The text of a file -> its documents as kyaml reads them: cut at `---`, Lists taken apart, annotations removed."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from buildtool.core.flux.setters.annotations import check_metadata, clean_metadata
from buildtool.core.flux.setters.commented_node import Document
from buildtool.core.flux.setters.composer import read
from buildtool.core.flux.setters.scalar_types import NULL
from buildtool.core.flux.setters.unreadable_yaml import RunFailure, Unreadable

if TYPE_CHECKING:
    from buildtool.core.flux.setters.commented_node import Node

MAX_CHARACTERS = 1024 * 1024
_SEPARATOR = re.compile(r"\n---(.*)\n")


@dataclass(slots=True)
class Resource:
    """One document that Flux works on. `offset` is where its text begins in the file, after CRLF became LF.

    `item` says that it was an item of a List: it has no file of its own.
    """

    document: Document
    offset: int
    wide: bool
    item: bool = False

    @property
    def root(self) -> Node:
        return self.document.root


def with_line_feeds(text: str) -> str:
    """The text with Windows line ends replaced, as kyaml does first."""
    return text.replace("\r\n", "\n")


def resources(text: str, path: str | None) -> list[Resource]:
    """The documents of a file. Raises Unreadable where Flux skips the whole file, RunFailure where its run fails.

    `text` is what `with_line_feeds` gave. `path` is relative to the update path, as kyaml writes it into each document;
    None where it is not known.
    """
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(f"larger than {MAX_CHARACTERS // 1024 // 1024} MiB: not looked at here")
    parts = split(text)
    found: list[Resource] = []
    failure: RunFailure | None = None
    for offset, part in parts:
        try:
            found += _documents(part, offset, path, alone=len(parts) == 1)
        except Unreadable as error:
            lines = text.count("\n", 0, offset)
            raise Unreadable(error.reason, error.line + lines if error.line else 0) from None
        except RunFailure as error:
            failure = failure or error  # a later document may still make Flux skip the file
    if failure is not None:
        raise failure
    return found


@lru_cache(maxsize=1)
def read_cached(text: str) -> tuple[tuple[Resource, ...], Unreadable | RunFailure | None]:
    """The documents of a file whose path is not known, or the reason why there are none; do not change them.

    The result for the last text is kept.
    """
    try:
        return tuple(resources(with_line_feeds(text), None)), None
    except (Unreadable, RunFailure) as error:
        return (), error


def split(text: str) -> list[tuple[int, str]]:
    """The texts between the `---` lines, with their offsets; only a comment may stand behind `---`."""
    parts: list[tuple[int, str]] = []
    start = 0
    for match in _SEPARATOR.finditer(text):
        behind = match[1].strip()
        if behind and not behind.startswith("#"):
            line = text.count("\n", 0, match.start()) + 2
            raise Unreadable("something else than a comment stands behind ---", line)
        parts.append((start, text[start : match.start()] + "\n"))
        start = match.end()
    return [*parts, (start, text[start:])]


def _documents(part: str, offset: int, path: str | None, *, alone: bool) -> list[Resource]:
    body = part.removeprefix("\ufeff")
    document = read(body)
    if document is None or document.root.tag == NULL:
        return []
    offset += len(part) - len(body)
    check_metadata(document.root)
    kind, items = document.root.get("kind"), document.root.get("items")
    wraps = kind is not None and kind.value in ("List", "ResourceList")
    if alone and wraps and (items is not None or document.root.get("functionConfig") is not None):
        found = [_item(node, offset) for node in (items.children if items is not None else [])]
        for first in found[:1]:
            first.document.comments = document.comments
        return found
    clean_metadata(document.root, path)
    return [Resource(document, offset, wide=wide_sequences(part))]


def _item(node: Node, offset: int) -> Resource:
    """An item of a List: what makes Flux skip a document makes its whole run fail here."""
    try:
        check_metadata(node)
    except Unreadable as error:
        raise RunFailure(f"in an item of a List: {error.reason}") from None
    clean_metadata(node, None)
    return Resource(Document(node), offset, wide=False, item=True)


def wide_sequences(text: str) -> bool:
    """True where the first sequence below a `key:` line is indented by two; kyaml then writes all that way."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        before, dash, _ = line.partition("- ")
        if not dash or before.strip(" "):
            continue
        key = _line_above(lines, number)
        trimmed = key.strip(" ")
        if trimmed.count(":") != 1 or not trimmed.endswith(":"):
            continue
        deeper = len(before) - (len(key) - len(key.lstrip(" ")))
        if deeper in (0, 2):
            return deeper == 2  # noqa: PLR2004 -- the two that kyaml knows
    return False


def _line_above(lines: list[str], number: int) -> str:
    """The nearest line above that is not a comment, without its own comment; empty where there is none."""
    for line in reversed(lines[:number]):
        if not line.strip(" ").startswith("#"):
            return line.partition("#")[0]
    return ""


def item_path(root: Node) -> str:
    """Where kyaml puts an item of a List: `<namespace>/<kind>_<name>.yaml`. RunFailure without any metadata."""
    metadata = root.get("metadata")
    kind, name = _text(root.get("kind")), _text(metadata.get("name") if metadata is not None else None)
    namespace = _text(metadata.get("namespace") if metadata is not None else None)
    others = [metadata.get(one) for one in ("labels", "annotations")] if metadata is not None else []
    if not (
        kind or name or namespace or _text(root.get("apiVersion")) or any(o is not None and o.children for o in others)
    ):
        raise RunFailure("missing Resource metadata")
    path = posixpath.normpath(posixpath.join(namespace, f"{kind.lower()}_{name}.yaml"))
    if path.startswith("/"):
        raise RunFailure("package paths may not be absolute paths")
    if ".." in path:
        raise RunFailure(f"resource must be written under the update path: {path}")
    return path


def _text(node: Node | None) -> str:
    return node.value if node is not None and node.tag != NULL else ""
