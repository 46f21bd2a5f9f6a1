"""One value of a YAML document, with its place. Aliases are nodes of their own, so that no node is visited twice."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRUE = frozenset({"true", "True", "TRUE"})
_BOOL = _TRUE | {"false", "False", "FALSE"}
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_INT = re.compile(r"[-+]?(?:[0-9][0-9_]*|0o[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?\Z|[-+]?\.(?:inf|Inf|INF)\Z")
_NAN = frozenset({".nan", ".NaN", ".NAN"})


class Shape(StrEnum):
    MAP = "map"
    SEQ = "seq"
    SCALAR = "scalar"
    ALIAS = "alias"


class Node:
    """A map (`pairs`), a sequence (`items`), a scalar (`text`), or an alias (`target`).

    `line` and `column` count from 1, `end_line` and `end_column` are where a scalar ends (the
    column after it); for maps and sequences `end_line` is the last line they may reach. `style` of a scalar is
    "" (plain), one of the two quotes, "|" or ">"; `flow` is true for `{}` and `[]`; `tag` is what was written.
    """

    __slots__ = (
        "column",
        "end_column",
        "end_line",
        "flow",
        "items",
        "line",
        "pairs",
        "shape",
        "style",
        "tag",
        "target",
        "text",
    )

    def __init__(self, shape: Shape, line: int, column: int, *, tag: str = "") -> None:
        self.shape = shape
        self.line = line
        self.column = column
        self.end_line = line
        self.end_column = column
        self.tag = tag
        self.style = ""
        self.flow = False
        self.text = ""
        self.items: list[Node] = []
        self.pairs: list[tuple[Node, Node]] = []
        self.target: Node | None = None

    @property
    def real(self) -> Node:
        """What an alias stands for; any other node is itself."""
        return self.target if self.shape is Shape.ALIAS and self.target is not None else self

    def get(self, *path: str) -> Node | None:
        """The value below these keys, or None; the last of duplicate keys, as most readers do."""
        node: Node | None = self.real
        for key in path:
            if node is None:
                return None
            found = None
            for name, value in node.real.pairs:
                if name.text == key and name.shape is Shape.SCALAR:
                    found = value.real
            node = found
        return node

    def key(self, name: str) -> Node | None:
        """The node of a key itself: the best place for a finding about its value."""
        return next((key for key, _ in self.real.pairs if key.text == name), None)

    def string(self, *path: str) -> str:
        """The text of the scalar below these keys, "" where there is none or it is null."""
        node = self.get(*path)
        return "" if node is None or node.shape is not Shape.SCALAR or node.kind == "null" else node.text

    def each(self, *path: str) -> list[Node]:
        """The items of the sequence below these keys."""
        node = self.get(*path)
        return [] if node is None else [item.real for item in node.items]

    def true(self, *path: str) -> bool:
        node = self.get(*path)
        return node is not None and node.kind == "bool" and node.text in _TRUE

    @property
    def kind(self) -> str:
        """map, seq, alias, or what a reader makes of the scalar: str, bool, int, float, null."""
        if self.shape is not Shape.SCALAR:
            return self.shape.value
        if self.tag not in ("", "!"):
            return self.tag.rsplit(":", 1)[-1].lstrip("!")
        return "str" if self.style or self.tag else _plain_kind(self.text)

    def walk(self) -> Iterator[tuple[Node | None, Node]]:
        """Every (key, value) below, each once: aliases are not followed. Items of sequences have no key."""
        stack: list[tuple[Node | None, Node]] = [(None, self)]
        while stack:
            key, node = stack.pop()
            yield key, node
            stack.extend(reversed([*node.pairs, *((None, item) for item in node.items)]))

    def plain(self) -> Any:
        """Dicts, lists and scalars, for readers that want no positions. Repeated aliases share one object."""
        return _plain(self.real, {})


def _plain_kind(text: str) -> str:
    if text in _NULL:
        return "null"
    if text in _BOOL:
        return "bool"
    if _INT.match(text):
        return "int"
    return "float" if _FLOAT.match(text) or text in _NAN else "str"


def _plain(node: Node, done: dict[int, Any]) -> Any:
    """The depth is bounded by the parser; an anchor that contains itself cannot occur (the parser refuses it)."""
    if id(node) in done:
        return done[id(node)]
    value: Any
    if node.shape is Shape.MAP:
        value = {key.text: _plain(item.real, done) for key, item in node.pairs}
    elif node.shape is Shape.SEQ:
        value = [_plain(item.real, done) for item in node.items]
    else:
        value = _scalar(node)
    done[id(node)] = value
    return value


def _scalar(node: Node) -> Any:
    kind = node.kind
    if kind == "null":
        return None
    if kind == "bool":
        return node.text in _TRUE
    try:
        if kind == "int":
            return int(node.text.replace("_", ""), 0 if node.text.lstrip("+-")[:2].lower() in _PREFIXES else 10)
        if kind == "float":
            return float(node.text.replace("_", ""))
    except (ValueError, OverflowError):
        return node.text
    return node.text


_PREFIXES = frozenset({"0x", "0o", "0b"})
