"""Setter markers in a text: those that Flux acts on, and those it never sees, with the reason.

A marker is a comment that is exactly one JSON object with the key `$imagepolicy`. Flux reads it beside a scalar, or on
the line above an item of a sequence; anywhere else it is a comment like any other.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from buildtool.core.yaml.node import Shape

if TYPE_CHECKING:
    from buildtool.core.yaml.node import Node
    from collections.abc import Iterator

    from buildtool.core.yaml.parser import Parsed

_KEY = "$imagepolicy"
_MENTION = re.compile(r"#[^\n]*?imagepolicy", re.IGNORECASE)
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_VALUE = re.compile(r"(?P<namespace>[^:\s/]+):(?P<name>[^:\s/]+)(?::(?P<part>tag|name|digest))?\Z")


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker that Flux acts on: `policy` is `namespace:name`, `part` is "", tag, name or digest."""

    policy: str
    part: str
    line: int
    column: int
    value: Node


@dataclass(frozen=True, slots=True)
class Lost:
    """A comment that means to be a marker; `code` is the rule's."""

    code: str
    line: int
    column: int
    why: str


@dataclass(frozen=True, slots=True)
class Marks:
    seen: tuple[Mark, ...] = ()
    lost: tuple[Lost, ...] = ()


class _NoMarkError(Exception):
    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


def read_marks(text: str, parsed: Parsed) -> Marks:
    """Every marker of a file, by line."""
    if not _MENTION.search(text):
        return Marks()
    lines = text.split("\n")
    scalars = list(_scalars(parsed))
    seen: list[Mark] = []
    lost: list[Lost] = []
    for number, line in enumerate(lines, start=1):
        comment = _comment(line)
        if comment is None:
            continue
        column = line.index(comment) + 1 if comment in line else 1
        try:
            policy, part = _meaning(comment)
            value = _value_beside(lines, number, column, scalars)
            seen.append(Mark(policy, part, number, column, value))
        except _NoMarkError as problem:
            lost.append(Lost(problem.code, number, column, str(problem)))
    return Marks(tuple(seen), tuple(lost))


def _comment(line: str) -> str | None:
    """The comment of a line that means to be a marker: it holds the key, in any case, in braces or quotes."""
    if "imagepolicy" not in line.lower():
        return None
    found = _COMMENT.search(line)
    if found is None or not re.search(r"""["']?\$?imagepolicy["']?\s*["']?:""", found[0], re.IGNORECASE):
        return None
    return found[0] if "$" in found[0] or "{" in found[0] else None


def _meaning(comment: str) -> tuple[str, str]:
    """The policy and the part that a comment names."""
    text = comment.lstrip("#").strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise _NoMarkError("marker-malformed", _json_problem(text)) from None
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise _NoMarkError("marker-malformed", "the comment is not a JSON object of strings")
    if _KEY not in value:
        raise _NoMarkError("marker-malformed", f'the key must be written "{_KEY}", to the letter')
    setter: str = value[_KEY]
    found = _VALUE.match(setter)
    if found is None:
        raise _NoMarkError("marker-malformed", _value_problem(setter))
    return f"{found['namespace']}:{found['name']}", found["part"] or ""


def _json_problem(text: str) -> str:
    if "'" in text and '"' not in text:
        return "JSON takes double quotes only"
    if not text.startswith("{") or not text.endswith("}"):
        return "there is text beside the JSON object in the comment"
    return "the comment is not JSON"


def _value_problem(setter: str) -> str:
    if any(character.isspace() for character in setter):
        return f"there is a space in {setter!r}"
    if "/" in setter:
        return f"{setter!r} is written with a slash: write namespace:name"
    parts = setter.split(":")
    if len(parts) == 3 and all(parts):  # noqa: PLR2004 -- namespace, name, part
        return f"the part {parts[2]!r} is none of tag, name, digest"
    return f"{setter!r} is not namespace:name[:tag|:name|:digest]"


@dataclass(slots=True)
class _Scalar:
    """A scalar or alias with what it is: "key", "value" or "item"; `parent` holds it."""

    node: Node
    role: str


def _scalars(parsed: Parsed) -> Iterator[_Scalar]:
    for document in parsed.documents:
        stack: list[tuple[Node, str]] = [(document.root, "value")] if document.root is not None else []
        while stack:
            node, role = stack.pop()
            if node.shape in (Shape.SCALAR, Shape.ALIAS):
                yield _Scalar(node, role)
            for key, value in node.pairs:
                stack.append((key, "key"))
                stack.append((value, "value"))
            stack.extend((item, "item") for item in node.items)


def _value_beside(lines: list[str], number: int, column: int, scalars: list[_Scalar]) -> Node:
    """The scalar that the comment at this place belongs to."""
    if any(s.node.style in ("|", ">") and s.node.line < number < s.node.end_line for s in scalars):
        raise _NoMarkError("marker-misplaced", "it stands inside a block of text, where it is no comment")
    before = lines[number - 1][: column - 1]
    if not before.strip():
        return _item_below(lines, number, scalars)
    here = [s for s in scalars if s.node.line == number and s.node.column < column]
    if not here:
        here = [s for s in scalars if s.node.end_line == number and s.node.end_column <= column]
    last = max(here, key=lambda s: s.node.column, default=None)
    if last is None:
        raise _NoMarkError("marker-misplaced", "there is no value beside it")
    return _usable(last, before)


def _usable(scalar: _Scalar, before: str) -> Node:
    node = scalar.node
    rest = before[node.end_column - 1 :] if node.end_line == node.line else ""
    if node.style in ("|", ">"):
        raise _NoMarkError("marker-misplaced", "it stands beside a block of text")
    if node.shape is Shape.ALIAS:
        raise _NoMarkError("marker-misplaced", "Flux does not follow aliases: mark the value at the anchor")
    if scalar.role == "key":
        raise _NoMarkError("marker-misplaced", "it stands beside the key, and the value is on another line")
    if "]" in rest or "}" in rest:
        raise _NoMarkError("marker-misplaced", "it stands behind a closing bracket: give the value a line of its own")
    if node.kind == "null" and not node.text:
        raise _NoMarkError("marker-empty-value", "there is no value to replace, and Flux adds none")
    return node


def _item_below(lines: list[str], number: int, scalars: list[_Scalar]) -> Node:
    """A comment on a line of its own: read only where the next line is an item of a sequence."""
    below = number
    while below < len(lines) and lines[below].lstrip().startswith("#"):
        below += 1
    item: Any = next((s for s in scalars if s.node.line == below + 1 and s.role == "item"), None)
    if item is None:
        raise _NoMarkError("marker-misplaced", "a comment above a key belongs to the key: put it behind the value")
    if _COMMENT.search(lines[below][item.node.end_column - 1 :]):
        raise _NoMarkError("marker-misplaced", "the item below has a comment of its own, which hides this one")
    return _usable(item, lines[below])
