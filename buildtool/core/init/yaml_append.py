"""Add one entry to a list of a YAML file, and change no other byte; None where that is not possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.yaml.node import Shape
from buildtool.core.yaml.parser import parse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from buildtool.core.yaml.node import Node


def with_entry(text: str, keys: Sequence[str], entry: str) -> str | None:
    """The text with `entry` (lines of YAML without indentation) as the last item of the list below these keys.

    The list must be in block style and the file must have line ends of one kind; what is read from the result must be
    what was read before, and the entry.
    """
    if "\r\n" in text:
        plain = text.replace("\r\n", "\n")
        longer = with_entry(plain, keys, entry) if plain.count("\n") == text.count("\r\n") else None
        return None if longer is None else longer.replace("\n", "\r\n")
    root = _root(text)
    listed = root.get(*keys) if root is not None else None
    if root is None or listed is None or listed.shape is not Shape.SEQ or listed.flow or not listed.items:
        return None
    if "\r" in text or "\t" in text or "\ufeff" in text:
        return None
    lines = text.split("\n")
    last = listed.items[-1]
    indent = _dash(lines, last)
    if indent is None:
        return None
    end = _end(lines, last, indent)
    if end == len(lines):
        lines.append("")  # the file has no final line feed, and keeps it so
        block = _block(entry, indent)
        new = "\n".join([*lines[:-1], *block])
    else:
        new = "\n".join([*lines[:end], *_block(entry, indent), *lines[end:]])
    return new if _is_the_same_and(text, new, keys, entry) else None


def _root(text: str) -> Node | None:
    parsed = parse(text)
    roots = [document.root for document in parsed.documents if document.root is not None]
    return roots[0] if not parsed.problems and len(roots) == 1 and roots[0].shape is Shape.MAP else None


def _dash(lines: list[str], item: Node) -> int | None:
    """The column (from 0) of the `-` before an item."""
    line = lines[item.line - 1] if item.line <= len(lines) else ""
    indent = len(line) - len(line.lstrip(" "))
    return indent if line[indent : indent + 2] == "- " else None


def _end(lines: list[str], item: Node, indent: int) -> int:
    """The index of the line behind the item: the first that is indented no deeper, without blank lines before it."""
    end = item.line
    for number in range(item.line, len(lines)):
        line = lines[number]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
            break
        if line.strip():
            end = number + 1
    return end


def _block(entry: str, indent: int) -> list[str]:
    lines = entry.rstrip("\n").split("\n")
    return [f"{' ' * indent}{'- ' if number == 0 else '  '}{line}".rstrip() for number, line in enumerate(lines)]


def _is_the_same_and(old: str, new: str, keys: Sequence[str], entry: str) -> bool:
    before, after = _root(old), _root(new)
    added = parse(entry).documents
    if before is None or after is None or len(added) != 1 or added[0].root is None:
        return False
    expected = before.plain()
    listed: Any = expected
    for key in keys:
        listed = listed[key]
    listed.append(added[0].root.plain())
    return bool(after.plain() == expected)
