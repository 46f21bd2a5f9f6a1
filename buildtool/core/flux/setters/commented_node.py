"""Nodes of a YAML document with the comments attached to them, as in go-yaml v3's `yaml.Node`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    MAPPING = "mapping"
    SEQUENCE = "sequence"
    SCALAR = "scalar"
    ALIAS = "alias"


class Style(StrEnum):
    """How a node is written; collections are PLAIN (block) or FLOW."""

    PLAIN = "plain"
    FLOW = "flow"
    SINGLE = "'"
    DOUBLE = '"'
    LITERAL = "|"
    FOLDED = ">"


QUOTED = frozenset({Style.SINGLE, Style.DOUBLE})


@dataclass(slots=True)
class Node:
    """One node. `children` of a mapping are key, value, key, value; an alias keeps its name in `value`.

    `start` and `end` are offsets into the text of the document. `head`, `line` and `foot` are the comments above,
    beside and below, with their `#`; `head_at`, `line_at` and `foot_at` say where these begin (-1: none). `tagged`
    says that the tag stands in the text.
    """

    kind: Kind
    tag: str = ""
    value: str = ""
    style: Style = Style.PLAIN
    tagged: bool = False
    anchor: str = ""
    children: list[Node] = field(default_factory=list)
    head: str = ""
    line: str = ""
    foot: str = ""
    head_at: int = -1
    line_at: int = -1
    foot_at: int = -1
    start: int = 0
    end: int = 0

    def pairs(self) -> list[tuple[Node, Node]]:
        """Keys with their values, in order."""
        return list(zip(self.children[::2], self.children[1::2], strict=True))

    def get(self, key: str) -> Node | None:
        """The value of the first key with that text; None where there is none, or no mapping."""
        if self.kind is not Kind.MAPPING:
            return None
        return next((value for name, value in self.pairs() if name.value == key), None)


@dataclass(slots=True)
class Document:
    """The root of one document, the comments that stand apart from it, and every comment as (offset, text)."""

    root: Node
    head: str = ""
    foot: str = ""
    comments: list[tuple[int, str]] = field(default_factory=list)
