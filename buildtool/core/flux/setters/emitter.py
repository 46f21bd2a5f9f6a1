r"""The tree of nodes -> the text that Flux writes: go-yaml v3's emitter, with indent 2 and no line width.

>>> from buildtool.core.flux.setters.composer import read
>>> document = read("# top\nimage:   'old:1'     # beside\n\nargs: [ a,b ]\n")
>>> print(write([(document, False)]), end="")
# top
image: 'old:1' # beside
args: [a, b]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.setters import scalars
from buildtool.core.flux.setters.commented_node import Kind, Style
from buildtool.core.flux.setters.emitter_output import EmitterOutput
from buildtool.core.flux.setters.yaml_tags import fits_before_colon, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.core.flux.setters.commented_node import Document, Node

_INDENT = 2


def write(documents: Iterable[tuple[Document, bool]]) -> str:
    """The text of a file: documents, each with whether its sequences are indented below their key ("wide")."""
    emitter = _Emitter()
    for number, (document, wide) in enumerate(documents):
        emitter.document(document, first=number == 0, wide=wide)
    return "".join(emitter.out)


class _Emitter(EmitterOutput):
    """Writes documents node by node. The comments of the current node wait until they can be written.

    As in go-yaml one comment of each sort waits: a second one replaces the first if that is not yet written. `key_line`
    is the line comment of a key, `tail` the foot comment of the key before.
    """

    def __init__(self) -> None:
        super().__init__()
        self.head = self.line = self.foot = self.tail = self.key_line = ""
        self.flow = 0
        self.wide = False

    # --- comments

    def take(self, *, head: str = "", line: str = "", foot: str = "", tail: str = "") -> None:
        self.head, self.line = head or self.head, line or self.line
        self.foot, self.tail = foot or self.foot, tail or self.tail

    def heads(self) -> None:
        if self.tail:
            self.start_line()
            self.comment(self.tail)
            self.tail = ""
            self.foot_indent = max(self.indent, 0)
        if self.head:
            self.start_line()
            self.comment(self.head)
            self.head = ""

    def lines(self, *, break_after: bool = False) -> None:
        if not self.line:
            if break_after:
                self.newline()
            return
        if not self.whitespace:
            self.put(" ")
        self.comment(self.line)
        self.line = ""

    def feet(self) -> None:
        if self.foot:
            self.start_line()
            self.comment(self.foot)
            self.foot = ""
            self.foot_indent = max(self.indent, 0)

    # --- documents and nodes

    def document(self, document: Document, *, first: bool, wide: bool) -> None:
        self.wide = wide
        self.take(head=document.head)
        if not first:
            self.start_line()
            self.indicator("---", space=True)
            self.start_line()
        if self.head:
            self.heads()
            self.newline()
        self.announce(document.root)
        self.heads()
        self.open(document.root)
        self.lines()
        self.feet()
        self.body(document.root)
        self.take(foot=document.foot)
        self.foot_indent = 0
        self.feet()
        self.foot_indent = -1
        self.start_line()

    def announce(self, node: Node, tail: str = "") -> None:
        """Let the node's comments wait; the line and foot comment of a collection are added at its end."""
        if node.kind in (Kind.SCALAR, Kind.ALIAS):
            self.take(head=node.head, line=node.line, foot=node.foot, tail=tail)
        else:
            self.take(head=node.head, tail=tail)

    def open(self, node: Node, *, in_sequence: bool = False, is_key: bool = False) -> None:
        """Write the anchor and the tag, and the whole of a scalar or an alias."""
        if node.kind is Kind.ALIAS:
            self.indicator("*" + node.value, space=True)
            return
        if node.anchor:
            self.indicator("&" + node.anchor, space=True)
        tag, quote = written(node)
        if tag:
            self.indicator(tag, space=True)
        if node.kind is Kind.SCALAR:
            self.scalar(node, quote=quote, in_sequence=in_sequence, is_key=is_key)

    def body(self, node: Node, *, in_sequence: bool = False, in_mapping: bool = False) -> None:
        """Write the items of a collection; nothing for a scalar."""
        if node.kind in (Kind.SCALAR, Kind.ALIAS):
            return
        before = self.indent
        is_flow = self.flow > 0 or node.style is Style.FLOW or not node.children
        if is_flow:
            self._flow(node, in_sequence=in_sequence)
        elif node.kind is Kind.SEQUENCE:
            self._block_sequence(node, in_sequence=in_sequence, in_mapping=in_mapping)
        else:
            self._block_mapping(node, in_sequence=in_sequence)
        self.indent = before
        if is_flow:
            self._close_flow(node)

    def deeper(self, *, flow: bool, in_sequence: bool, compact: bool = False) -> None:
        if self.indent < 0:
            self.indent = _INDENT if flow else 0
        elif in_sequence:
            self.indent += 2
        else:
            self.indent = _INDENT * ((self.indent + _INDENT) // _INDENT) - (2 if compact else 0)

    # --- block collections

    def _block_sequence(self, node: Node, *, in_sequence: bool, in_mapping: bool) -> None:
        compact = in_mapping and (self.column == 0 or not self.indention) and not self.wide
        self.deeper(flow=False, in_sequence=in_sequence, compact=compact)
        for child in node.children:
            self.announce(child)
            self.heads()
            self.start_line()
            self.indicator("-", space=True, indents=True)
            self.open(child, in_sequence=True)
            self.lines()
            self.feet()
            self.body(child, in_sequence=True)
        self.take(line=node.line, foot=node.foot)

    def _block_mapping(self, node: Node, *, in_sequence: bool) -> None:
        self.deeper(flow=False, in_sequence=in_sequence)
        tail = ""
        for key, value in node.pairs():
            foot, key.foot = key.foot, ""  # written before the next key, or at the end: after all of the value
            self.announce(key, tail)
            self.heads()
            self.start_line()
            if self.line:
                self.key_line, self.line = self.line, ""
            simple = fits_before_colon(key)
            if not simple:
                self.indicator("?", space=True, indents=True)
            self.open(key, is_key=simple)
            self.body(key, in_mapping=True)
            key.foot, tail = foot, foot
            self.announce(value)
            self._block_value(value, simple=simple)
        self.take(line=node.line, foot=node.foot, tail=tail)
        self.heads()

    def _block_value(self, value: Node, *, simple: bool) -> None:
        if simple:
            self.indicator(":", space=False)
        else:
            self.start_line()
            self.indicator(":", space=True, indents=True)
        if self.key_line:
            if value.kind is Kind.SCALAR:
                if not self.line:
                    self.line, self.key_line = self.key_line, ""
            elif value.kind is not Kind.ALIAS and value.style is not Style.FLOW:
                self.line, self.key_line = self.key_line, self.line
                self.lines()
                self.line, self.key_line = self.key_line, self.line
        self.open(value)
        self.lines()
        self.feet()
        self.body(value, in_mapping=True)

    # --- flow collections

    def _flow(self, node: Node, *, in_sequence: bool) -> None:
        self.indicator("[" if node.kind is Kind.SEQUENCE else "{", space=True, blank=True)
        self.deeper(flow=True, in_sequence=in_sequence)
        self.flow += 1
        if node.kind is Kind.SEQUENCE:
            self._flow_items(node)
            self.take(line=node.line, foot=node.foot)
        else:
            self._flow_pairs(node)
        self.flow -= 1

    def _flow_items(self, node: Node) -> None:
        written = True  # nothing, or a comma, stands before the next item
        for child in node.children:
            self.announce(child)
            if not written:
                self.indicator(",", space=False)
            self.heads()
            if self.column == 0:
                self.start_line()
            written = self._trailing()
            self._flow_node(child)

    def _flow_pairs(self, node: Node) -> None:
        written, tail = True, ""
        for key, value in node.pairs():
            foot, key.foot = key.foot, ""
            self.announce(key, tail)
            if not written:
                self.indicator(",", space=False)
            self.heads()
            if self.column == 0:
                self.start_line()
            simple = fits_before_colon(key)
            if not simple:
                self.indicator("?", space=True)
            self.open(key, is_key=simple)
            self.body(key)
            key.foot, tail = foot, foot
            self.announce(value)
            self.indicator(":", space=not simple)
            written = self._trailing()
            self._flow_node(value)
        self.take(line=node.line, foot=node.foot, tail=tail)
        if (self.head or self.foot or self.tail) and not written:
            self.indicator(",", space=False)
        self.heads()

    def _trailing(self) -> bool:
        return bool(self.line or self.foot or self.tail)

    def _flow_node(self, node: Node) -> None:
        """A node inside a flow collection; its comma comes before its comment."""
        self.open(node)
        if self._trailing():
            self.indicator(",", space=False)
        self.lines()
        self.feet()
        self.body(node)

    def _close_flow(self, node: Node) -> None:
        if node.kind is Kind.SEQUENCE and self.column == 0:
            self.start_line()
        self.indicator("]" if node.kind is Kind.SEQUENCE else "}", space=False)
        self.lines()
        self.feet()

    # --- scalars

    def scalar(self, node: Node, *, quote: bool, in_sequence: bool, is_key: bool) -> None:
        value, style = node.value, node.style
        if style is Style.PLAIN and "\n" in value:
            style = Style.LITERAL
        elif style is Style.PLAIN and quote:
            style = Style.DOUBLE
        style = scalars.choose(style, scalars.facts(value), empty=not value, in_flow=self.flow > 0, is_key=is_key)
        before = self.indent
        self.deeper(flow=True, in_sequence=in_sequence)
        if style is Style.PLAIN:
            if value and not self.whitespace:
                self.put(" ")
            self.put(value)
            self.whitespace = self.whitespace and not value
            self.indention = False
        elif style is Style.SINGLE:
            self.single_quoted(value)
        elif style is Style.DOUBLE:
            self.indicator(scalars.double_quoted(value), space=True)
        else:
            self.indicator(scalars.block_header(style, value), space=True)
            self.lines(break_after=True)
            self.whitespace = True
            (self.literal if style is Style.LITERAL else self.folded)(value)
        self.indent = before
