r"""Tokens and comments -> the tree of nodes, each with its head, line and foot comment, as go-yaml v3 composes it.

    >>> document = read("# top\nimage: old:1  # beside\n# below\n\nport: 80\n")
    >>> for key, value in document.root.pairs():
    ...     for node in (key, value):
    ...         print(node.value, node.tag, [node.head, node.line, node.foot])
    image !!str ['# top', '', '# below']
    old:1 !!str ['', '# beside', '']
    port !!str ['', '', '']
    80 !!int ['', '', '']

So the comment above a `key: value` line belongs to the key: a setter there is not seen. Above an item of a sequence it
belongs to the value:

    >>> document = read("args:\n  # above\n  - old\n")
    >>> [(item.value, item.head) for item in document.root.get("args").children]
    [('old', '# above')]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.setters import tokenizer as t
from buildtool.core.flux.setters.commented_node import Document, Kind, Node, Style
from buildtool.core.flux.setters.comments import Comment
from buildtool.core.flux.setters.scalar_types import MERGE, STR, implicit_tag, short_tag
from buildtool.core.flux.setters.unreadable_yaml import Unreadable

if TYPE_CHECKING:
    from buildtool.core.flux.setters.tokenizer import Scan, Token

_HANDLES = {"!": "!", "!!": "tag:yaml.org,2002:"}
_STYLES = {"'": Style.SINGLE, '"': Style.DOUBLE, "|": Style.LITERAL, ">": Style.FOLDED}
_LOOKAHEAD = 2
_NO_CONTENT = frozenset({t.DIRECTIVE, t.DOCUMENT_START, t.DOCUMENT_END, t.STREAM_END})


def read(text: str) -> Document | None:
    """The first document of `text`; None where there is none. Raises Unreadable with Flux's reason to skip it.

    What follows the first document is not looked at, as kyaml does not.
    """
    parser = _Parser(t.scan(text))
    try:
        return parser.document()
    except Unreadable as error:
        seen = parser.tokens[: parser.index + 1]
        line = error.line or text.count("\n", 0, seen[-1].start if seen else 0) + 1
        raise Unreadable(error.reason, line) from None


class _Parser:
    """Recursive descent over the tokens. Comments are collected when their owner is the next token (go-yaml: unfold).

    `head`, `line`, `foot` and `stem_comment` are collected and wait for the node that they are attached to.
    """

    def __init__(self, scan: Scan) -> None:
        self.scan, self.tokens = scan, scan.tokens
        self.index = 0
        self.peeked = -1
        self.step = 0
        self.queue: list[Comment] = []
        self.taken = 0
        self.head = self.line = self.foot = self.stem_comment = ""
        self.at = {"head": -1, "line": -1, "foot": -1}
        self.anchors: set[str] = set()

    # --- tokens and comments

    def peek(self) -> Token:
        """The next token; the comments up to it are collected. The scanner is always two tokens ahead of the parser."""
        index = self.index
        if index == self.peeked:
            return self.tokens[index]
        if self.scan.error is not None and index + _LOOKAHEAD >= len(self.tokens):
            raise self.scan.error
        token = self.tokens[index]
        self._scan_on(max(one.ready for one in self.tokens[index : index + _LOOKAHEAD + 1]))
        if self.taken < len(self.queue):
            self._unfold_comments(token)
        self.peeked = index
        return token

    def skip(self) -> Token:
        token = self.tokens[self.index]
        self.index += 1
        return token

    def _scan_on(self, fetch: int) -> None:
        steps = self.scan.steps
        if self.step == len(steps):
            return
        while self.step < len(steps) and steps[self.step].fetch <= fetch:
            step = steps[self.step]
            self.step += 1
            if isinstance(step, Comment):
                self.queue.append(step)
            elif len(self.queue) > self.taken and self.queue[-1].line:
                comment = self.queue[-1]
                comment.head, comment.line = comment.line, ""
                if comment.start_line == step.place.line - 1:
                    comment.owner = step.place.offset

    def _unfold_comments(self, token: Token) -> None:
        while self.taken < len(self.queue) and token.start >= self.queue[self.taken].owner:
            comment = self.queue[self.taken]
            if comment.head and token.kind == t.BLOCK_END:
                break
            for sort in ("head", "line", "foot"):
                body, before = getattr(comment, sort), getattr(self, sort)
                if body:
                    setattr(self, sort, f"{before}\n{body}" if before else body)
                    self.at[sort] = self.at[sort] if before else comment.start
            self.taken += 1

    def attach_comments(self, node: Node, *, head: bool = True) -> None:
        """Attach the collected comments to the node; with `head` False without the head comment."""
        if head:
            node.head, node.head_at = self.head, self.at["head"] if self.head else -1
        node.line, node.line_at = self.line, self.at["line"] if self.line else -1
        node.foot, node.foot_at = self.foot, self.at["foot"] if self.foot else -1
        self.head = self.line = self.foot = self.stem_comment = ""

    # --- documents

    def document(self) -> Document | None:
        self.peek()
        self.skip()
        token = self.peek()
        if token.kind == t.STREAM_END:
            return None
        head = ""
        if token.kind == t.DIRECTIVE:
            self._directives()
        if self.peek().kind == t.DOCUMENT_START:
            self.skip()
            root = _empty(self.peek()) if self.peek().kind in _NO_CONTENT else self.node(block=True)
        else:
            head, self.head = _apart(self.head)
            root = self.node(block=True)
        if self.peek().kind == t.DOCUMENT_END:
            self.skip()
        every = [(one.start, one.head or one.line or one.foot) for one in self.scan.steps if isinstance(one, Comment)]
        return Document(root, head, self.foot or self.head, every)

    def _directives(self) -> None:
        """Raise Unreadable: kyaml cuts a file at `---`, so a directive is alone in its document and does not parse."""
        while self.peek().kind == t.DIRECTIVE:
            self.skip()
        if self.peek().kind != t.DOCUMENT_START:
            raise Unreadable("a file with a %YAML or %TAG directive is cut apart and does not parse")

    # --- nodes

    def node(self, *, block: bool, indentless: bool = False) -> Node:
        token = self.peek()
        if token.kind == t.ALIAS:
            if token.value not in self.anchors:
                raise Unreadable(f"unknown anchor {token.value!r} referenced")
            node = Node(Kind.ALIAS, value=token.value, start=token.start, end=token.end)
            self.attach_comments(node)
            self.skip()
            return node
        node = Node(Kind.SCALAR, start=token.start, end=token.end)
        tag = self._properties(node)
        token = self.peek()
        if token.kind == t.SCALAR:
            return self._scalar(node, token, tag)
        node.tagged = tag not in ("", "!")
        if indentless and token.kind == t.ENTRY:
            return self._indentless(node, tag)
        if token.kind in (t.FLOW_SEQUENCE, t.FLOW_MAPPING):
            node.style = Style.FLOW
            self.attach_comments(node)
            return self._flow_sequence(node, tag) if token.kind == t.FLOW_SEQUENCE else self._flow_mapping(node, tag)
        if block and token.kind in (t.SEQUENCE, t.MAPPING):
            node.head, self.stem_comment = self.stem_comment, ""
            return self._block_sequence(node, tag) if token.kind == t.SEQUENCE else self._block_mapping(node, tag)
        if node.anchor or tag:
            node.tag = short_tag(tag) if node.tagged else implicit_tag("")
            self.anchors.add(node.anchor)
            return node
        raise Unreadable("did not find expected node content")

    def _properties(self, node: Node) -> str:
        """Anchor and tag, in either order; the tag in its long form."""
        tag = ""
        seen: set[str] = set()
        while (token := self.peek()).kind in (t.ANCHOR, t.TAG) and token.kind not in seen:
            seen.add(token.kind)
            if token.kind == t.ANCHOR:
                node.anchor = token.value
            else:
                tag = _tag(token.value)
            node.end = token.end
            self.skip()
        return tag

    def _scalar(self, node: Node, token: Token, tag: str) -> Node:
        node.style = _STYLES.get(token.style, Style.PLAIN)
        node.value, node.start, node.end = token.value, token.start, token.end
        node.tagged = tag not in ("", "!")
        if node.tagged:
            node.tag = short_tag(tag)
        elif node.style is not Style.PLAIN:
            node.tag = STR
        else:
            node.tag = MERGE if node.value == "<<" else implicit_tag(node.value)
        self.attach_comments(node)
        self.anchors.add(node.anchor)
        self.skip()
        return node

    def _collection(self, node: Node, kind: Kind, tag: str) -> None:
        node.kind = kind
        node.tag = short_tag(tag) if node.tagged else ("!!map" if kind is Kind.MAPPING else "!!seq")
        self.anchors.add(node.anchor)

    def _close(self, node: Node, *, comments: bool) -> Node:
        """End a collection: its line and foot comment are those at its end."""
        node.line = node.foot = ""
        if comments:
            self.attach_comments(node, head=False)
        return node

    def _block_sequence(self, node: Node, tag: str) -> Node:
        self._collection(node, Kind.SEQUENCE, tag)
        self.skip()
        while (token := self.peek()).kind == t.ENTRY:
            node.children.append(self._entry((t.ENTRY, t.BLOCK_END)))
        if token.kind != t.BLOCK_END:
            raise Unreadable("did not find expected '-' indicator")
        node.end = token.end
        self.skip()
        return self._close(node, comments=False)

    def _indentless(self, node: Node, tag: str) -> Node:
        self._collection(node, Kind.SEQUENCE, tag)
        while self.peek().kind == t.ENTRY:
            node.children.append(self._entry((t.ENTRY, t.KEY, t.VALUE, t.BLOCK_END)))
        return self._close(node, comments=False)

    def _entry(self, empty: tuple[str, ...]) -> Node:
        """One item of a sequence. A comment above the `-` of a nested collection belongs to the whole collection."""
        above = self.head
        self.skip()
        token = self.peek()
        if above and token.kind in (t.SEQUENCE, t.MAPPING):
            self.stem_comment, self.head = above, self.head[len(above) + 1 :]
        return _empty(token) if token.kind in empty else self.node(block=True)

    def _block_mapping(self, node: Node, tag: str) -> Node:
        self._collection(node, Kind.MAPPING, tag)
        self.skip()
        ends = (t.KEY, t.VALUE, t.BLOCK_END)
        while (token := self.peek()).kind != t.BLOCK_END:
            if token.kind != t.KEY:
                raise Unreadable("did not find expected key")
            self.skip()
            token = self.peek()
            key = _empty(token) if token.kind in ends else self.node(block=True, indentless=True)
            if key.foot and node.children:
                _move_foot(key, node.children[-2])
            self._pair(node, key, self._block_value(ends))
        node.end = token.end
        self._close(node, comments=True)
        self.skip()
        if node.foot and node.children:
            _move_foot(node, node.children[-2])
        return node

    def _block_value(self, ends: tuple[str, ...]) -> Node:
        token = self.peek()
        if token.kind != t.VALUE:
            return _empty(token)
        self.skip()
        token = self.peek()
        return _empty(token) if token.kind in ends else self.node(block=True, indentless=True)

    def _pair(self, node: Node, key: Node, value: Node) -> None:
        if value.foot and not key.foot:
            _move_foot(value, key)
        node.children += (key, value)

    def _flow_sequence(self, node: Node, tag: str) -> Node:
        self._collection(node, Kind.SEQUENCE, tag)
        self.skip()
        first = True
        while (token := self.peek()).kind != t.FLOW_SEQUENCE_END:
            if not first:
                self._comma(token, "]")
                token = self.peek()
                if token.kind == t.FLOW_SEQUENCE_END:
                    break
            first = False
            node.children.append(self._single_pair() if token.kind == t.KEY else self.node(block=False))
        return self._flow_end(node)

    def _single_pair(self) -> Node:
        """`[a: b]`: a mapping of one pair inside a sequence."""
        start = self.skip().start
        node = Node(Kind.MAPPING, tag="!!map", style=Style.FLOW, start=start, end=start)
        token = self.peek()
        if token.kind in (t.VALUE, t.FLOW_ENTRY, t.FLOW_SEQUENCE_END):
            key = _empty(token)
            self.skip()  # go-yaml drops the token here, as it is
        else:
            key = self.node(block=False)
        self._pair(node, key, self._flow_value((t.FLOW_ENTRY, t.FLOW_SEQUENCE_END)))
        self.peek()
        return node

    def _flow_value(self, ends: tuple[str, ...]) -> Node:
        token = self.peek()
        if token.kind != t.VALUE:
            return _empty(token)
        self.skip()
        token = self.peek()
        return _empty(token) if token.kind in ends else self.node(block=False)

    def _flow_mapping(self, node: Node, tag: str) -> Node:
        self._collection(node, Kind.MAPPING, tag)
        self.skip()
        first = True
        ends = (t.FLOW_ENTRY, t.FLOW_MAPPING_END)
        while (token := self.peek()).kind != t.FLOW_MAPPING_END:
            if not first:
                self._comma(token, "}")
                token = self.peek()
                if token.kind == t.FLOW_MAPPING_END:
                    break
            first = False
            if token.kind == t.KEY:
                self.skip()
                token = self.peek()
                key = _empty(token) if token.kind in (t.VALUE, *ends) else self.node(block=False)
                self._pair(node, key, self._flow_value(ends))
            else:
                key = self.node(block=False)
                self._pair(node, key, _empty(self.peek()))
        return self._flow_end(node)

    def _comma(self, token: Token, bracket: str) -> None:
        if token.kind != t.FLOW_ENTRY:
            raise Unreadable(f"did not find expected ',' or {bracket!r}")
        self.skip()

    def _flow_end(self, node: Node) -> Node:
        node.end = self.peek().end
        self._close(node, comments=True)
        self.skip()
        return node


def _move_foot(source: Node, target: Node) -> None:
    target.foot, target.foot_at = source.foot, source.foot_at
    source.foot, source.foot_at = "", -1


def _empty(token: Token) -> Node:
    return Node(Kind.SCALAR, tag=implicit_tag(""), start=token.start, end=token.start)


def _tag(value: tuple[str | None, str]) -> str:
    handle, suffix = value
    if not handle:
        return suffix
    if handle not in _HANDLES:
        raise Unreadable("found undefined tag handle")
    return _HANDLES[handle] + suffix


def _apart(head: str) -> tuple[str, str]:
    """Cut the comments above the first node at their last empty line: (of the document, of the node)."""
    if head.endswith("\n") and len(head) > 1:
        return head[:-1], ""
    cut = head.rfind("\n\n")
    return (head[:cut], head[cut + 2 :]) if cut > 0 else ("", head)
