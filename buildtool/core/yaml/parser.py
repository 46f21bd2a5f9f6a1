"""Text to documents, by libyaml's events: a bounded tree for every input, and a problem where there is one.

libyaml reads about 10 MB/s. The bounds are those of `bounds.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from buildtool.core.yaml import go_dialect
from buildtool.core.yaml.bounds import MAX_BYTES, MAX_DEPTH, MAX_EXPANSION
from buildtool.core.yaml.node import Node, Shape
from buildtool.core.yaml.pyyaml import pyyaml

if TYPE_CHECKING:
    from collections.abc import Iterator


class Problem(NamedTuple):
    """`code` is the rule's: yaml-syntax, yaml-duplicate-key, yaml-too-large, yaml-too-deep, yaml-bomb."""

    code: str
    message: str
    line: int = 0
    column: int = 0


class Document(NamedTuple):
    """One document of a stream; `root` is None where it is empty."""

    root: Node | None
    line: int


@dataclass(slots=True)
class Parsed:
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        """True when a reader would refuse the file; duplicate keys are refused by kustomize only."""
        return any(problem.code != "yaml-duplicate-key" for problem in self.problems)


class _Stop(Exception):  # noqa: N818 -- ends the reading, is no failure
    def __init__(self, code: str, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.problem = Problem(code, message, line, column)


def parse(text: str) -> Parsed:
    """Every document up to the first problem that ends the reading, and all problems."""
    return _parse(text, mend=True)


def _parse(text: str, *, mend: bool) -> Parsed:
    result = Parsed()
    if len(text) > MAX_BYTES:
        result.problems.append(Problem("yaml-too-large", f"{len(text):,} characters, more than {MAX_BYTES:,}", 1, 1))
        return result
    yaml = pyyaml()
    try:
        _build(_events(text) if mend else _given_back(_events(text)), result)
    except _Stop as stop:
        result.problems.append(stop.problem)
    except yaml.MarkedYAMLError as failure:
        mended = go_dialect.mended(failure, text) if mend else ""
        if mended:
            return _parse(mended, mend=False)
        result.problems.append(_too_deep(before(failure, text)) or _syntax(failure, text))
    except (yaml.reader.ReaderError, UnicodeEncodeError) as failure:  # control characters, lone surrogates
        result.problems.append(_forbidden(failure, text))
    return result


def before(failure: Any, text: str) -> str:
    """The text up to the character that a YAMLError of `text` complains about; "" where it names none."""
    mark = getattr(failure, "problem_mark", None) or getattr(failure, "context_mark", None)
    return text[: mark.index] if mark is not None else ""


def _too_deep(text: str) -> Problem | None:
    """The problem of a text nested too deeply, None for any other.

    libyaml looks up to 1024 characters ahead, and from 0.2.6 on counts open brackets there itself: it may fail before
    it has given the events that our own bound counts. What comes before the failure is therefore read again.
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return None
    try:
        _build(_events(text), Parsed())
    except _Stop as stop:
        return stop.problem if stop.problem.code == "yaml-too-deep" else None
    except pyyaml().YAMLError:
        pass
    return None


def _forbidden(failure: Any, text: str) -> Problem:
    position = failure.start if isinstance(failure, UnicodeEncodeError) else failure.position
    line = text.count("\n", 0, position) + 1
    character = ord(text[position]) if position < len(text) else 0
    return Problem("yaml-syntax", f"a character that YAML forbids: U+{character:04X}", line, 1)


def _events(text: str) -> Iterator[Any]:
    yaml = pyyaml()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _given_back(events: Iterator[Any]) -> Iterator[Any]:
    """The events of a mended text, with the values that it stands for."""
    for event in events:
        if getattr(event, "style", None) == '"':
            event.value = go_dialect.value(event.value)
        yield event


class _Open:
    """A map or sequence being read: `key` waits for its value, `weight` counts nodes with aliases expanded."""

    __slots__ = ("anchor", "key", "node", "seen", "weight")

    def __init__(self, node: Node, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: Node | None = None
        self.seen: set[str] = set()
        self.weight = 1


class _Reader:
    """The state of one document."""

    def __init__(self, result: Parsed) -> None:
        self.result = result
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.pending: set[str] = set()
        self.root: Node | None = None

    def add(self, node: Node, weight: int) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        parent.weight += weight
        if parent.weight > MAX_EXPANSION:
            raise _Stop("yaml-bomb", "aliases that expand without end", node.line, node.column)
        if parent.node.shape is Shape.SEQ:
            parent.node.items.append(node)
        elif parent.key is None:
            self._key(parent, node)
        else:
            parent.node.pairs.append((parent.key, node))
            parent.key = None

    def _key(self, parent: _Open, node: Node) -> None:
        parent.key = node
        if node.shape is Shape.SCALAR:
            if node.text in parent.seen and node.text != "<<":
                message = f"the key {node.text!r} appears twice in one map"
                self.result.problems.append(Problem("yaml-duplicate-key", message, node.line, node.column))
            parent.seen.add(node.text)

    def open(self, node: Node, anchor: str | None) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise _Stop("yaml-too-deep", f"nested deeper than {MAX_DEPTH} levels", node.line, node.column)
        if anchor:
            self.pending.add(anchor)
        self.stack.append(_Open(node, anchor))

    def close(self, end_line: int) -> None:
        done = self.stack.pop()
        done.node.end_line = end_line
        if done.anchor:
            self.pending.discard(done.anchor)
            self.anchors[done.anchor] = (done.node, done.weight)
        self.add(done.node, done.weight)

    def scalar(self, event: Any) -> None:
        node = _node(Shape.SCALAR, event)
        node.text = event.value
        node.style = "" if event.style in (None, ":") else event.style
        node.end_line = event.end_mark.line + 1
        node.end_column = event.end_mark.column + 1
        if event.anchor:
            self.anchors[event.anchor] = (node, 1)
        self.add(node, 1)

    def alias(self, event: Any) -> None:
        node = _node(Shape.ALIAS, event)
        if event.anchor in self.pending:
            raise _Stop("yaml-bomb", f"the anchor {event.anchor!r} contains itself", node.line, node.column)
        if event.anchor not in self.anchors:
            raise _Stop("yaml-syntax", f"the alias *{event.anchor} has no anchor", node.line, node.column)
        node.target, weight = self.anchors[event.anchor]
        self.add(node, weight)


def _node(shape: Shape, event: Any) -> Node:
    mark = event.start_mark
    return Node(shape, mark.line + 1, mark.column + 1, tag=getattr(event, "tag", None) or "")


def _build(events: Iterator[Any], result: Parsed) -> None:
    reader = _Reader(result)
    start = 1
    for event in events:
        name = type(event).__name__
        if name == "ScalarEvent":
            reader.scalar(event)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            node = _node(Shape.MAP if name[0] == "M" else Shape.SEQ, event)
            node.flow = bool(event.flow_style)
            reader.open(node, event.anchor)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            reader.close(event.end_mark.line + 1)
        elif name == "AliasEvent":
            reader.alias(event)
        elif name == "DocumentStartEvent":
            reader = _Reader(result)
            start = event.end_mark.line + 1
        elif name == "DocumentEndEvent":
            root = None if _empty(reader.root) else reader.root
            result.documents.append(Document(root, start))


def _empty(root: Node | None) -> bool:
    return root is None or (root.shape is Shape.SCALAR and not root.text and not root.style)


_TAB = re.compile(r"^ *\t", re.MULTILINE)


def _syntax(failure: Any, text: str) -> Problem:
    mark = failure.problem_mark or failure.context_mark
    what = " ".join(str(part) for part in (failure.problem, failure.context) if part)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = text.split("\n")
    if line <= len(lines) and _TAB.match(lines[line - 1]):
        what = f"a tab where YAML allows only spaces ({what})"
    return Problem("yaml-syntax", what, line, column)
