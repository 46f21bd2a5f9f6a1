r"""The text of one YAML document -> its tokens and its comments, as the scanner of go-yaml v3 (Flux's) gives them.

PyYAML's libyaml makes the tokens: go-yaml v3 is a port of it. libyaml drops comments, so they are found here, in the
text between two tokens. Each gets the offset of the token that owns it (`owner`) and a place: `head` (above), `line`
(beside) or `foot` (below). Indentation and blank lines decide which.

    >>> found = scan("# top\nimage: old:1  # beside\n# below\n\nport: 80\n")
    >>> [token.kind for token in found.tokens[2:6]]
    ['KeyToken', 'ScalarToken', 'ValueToken', 'ScalarToken']
    >>> [(token.value, token.start, token.end) for token in found.tokens if token.kind == SCALAR]
    [('image', 6, 11), ('old:1', 13, 18), ('port', 38, 42), ('80', 44, 46)]
    >>> for comment in found.steps:
    ...     print(comment.owner, [comment.head, comment.line, comment.foot])
    0 ['# top', '', '']
    13 ['', '# beside', '']
    13 ['', '', '# below']
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from buildtool.core.flux.setters.comments import Comment, Gap, Place, behind_blanks, beside, match_end
from buildtool.core.flux.setters.unreadable_yaml import Unreadable
from buildtool.core.yaml import go_dialect
from buildtool.core.yaml.parser import before

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 150  # no manifest comes near, and neither does Python's stack
MAX_TOKENS = 100_000  # a manifest of 10,000 lines; a second or two
_Loader: Any = getattr(yaml, "CLoader", yaml.Loader)

STREAM_START, STREAM_END = "StreamStartToken", "StreamEndToken"
DOCUMENT_START, DOCUMENT_END = "DocumentStartToken", "DocumentEndToken"
DIRECTIVE = "DirectiveToken"
SEQUENCE, MAPPING, BLOCK_END = "BlockSequenceStartToken", "BlockMappingStartToken", "BlockEndToken"
FLOW_SEQUENCE, FLOW_SEQUENCE_END = "FlowSequenceStartToken", "FlowSequenceEndToken"
FLOW_MAPPING, FLOW_MAPPING_END = "FlowMappingStartToken", "FlowMappingEndToken"
ENTRY, FLOW_ENTRY, KEY, VALUE = "BlockEntryToken", "FlowEntryToken", "KeyToken", "ValueToken"
ALIAS, ANCHOR, TAG, SCALAR = "AliasToken", "AnchorToken", "TagToken", "ScalarToken"

_NO_LINE_COMMENT = frozenset({STREAM_START, STREAM_END, DOCUMENT_START, DOCUMENT_END, DIRECTIVE, ENTRY})
_HEADER = re.compile(r"[|>][-+0-9]*")


@dataclass(slots=True)
class Token:
    """One token, `start` and `end` as offsets into the text.

    The token owns the comments whose `owner` is its `start`. `column` counts from 0. `value` and `style` ("" for plain)
    are those of a scalar. `ready` is the number of the scanner's step after which the parser can see the token.
    """

    kind: str
    start: int
    end: int
    column: int = 0
    value: Any = None
    style: str = ""
    ready: int = 0


@dataclass(frozen=True, slots=True)
class LineToHead:
    """A step of the scanner at which a line comment that has no node yet becomes a head comment.

    It is the comment beside the first `-` of a sequence: go-yaml puts it above the item, which begins at `place`.
    """

    fetch: int
    place: Place


@dataclass(slots=True)
class Scan:
    """The tokens of a document, and its comments in the order of the scanner's steps.

    `error` is what ends the text early: it is raised only when the parser needs a token behind the last one.
    """

    tokens: list[Token] = field(default_factory=list)
    steps: list[Comment | LineToHead] = field(default_factory=list)
    error: Unreadable | None = None


def scan(text: str, *, mended: bool = False) -> Scan:
    """Split `text` into tokens and comments. `text` is one document: kyaml cuts a file at its `---` lines first.

    `mended`: see `go_dialect`.
    """
    scanner = _Scanner(text, mended=mended)
    try:
        for raw in _raw(text):
            scanner.take(raw)
    except yaml.YAMLError as error:
        better = "" if mended else go_dialect.mended(error, text)
        if better:
            return scan(better, mended=True)
        scanner.result.error = _too_deep(before(error, text)) or Unreadable.of(error)
    except Unreadable as error:
        scanner.result.error = error
    return scanner.result


def _too_deep(text: str) -> Unreadable | None:
    """The reason where `text` is nested more than MAX_DEPTH levels deep; libyaml's own limit may come first."""
    if text.count("[") + text.count("{") < MAX_DEPTH:
        return None
    scanner = _Scanner(text)
    try:
        for raw in _raw(text):
            scanner.take(raw)
    except Unreadable as error:
        return error
    except yaml.YAMLError:
        pass
    return None


def _raw(text: str) -> Iterator[Any]:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unreadable("the text is not valid Unicode") from None
    loader = _Loader(text)
    get = loader.get_token
    try:
        while (token := get()) is not None:
            yield token
    finally:
        loader.dispose()


class _Scanner:
    """The state of a scan: open blocks (`indents`), open brackets (`flow`), the last token, the position behind it."""

    def __init__(self, text: str, *, mended: bool = False) -> None:
        self.text = text
        self.mended = mended
        self.result = Scan()
        self.fetch = 0
        self.indents = [-1]
        self.flow: list[str] = []
        self.position = Place(0, 0, 0)
        self.last: Token | None = None
        self.block_ends = 0
        self.waiting: list[Token] = []

    def take(self, raw: Any) -> None:
        """Add one token of libyaml. Block starts, block ends and keys without `?` wait for the token behind them."""
        kind = type(raw).__name__
        mark, end = raw.start_mark, raw.end_mark
        token = Token(kind, mark.index, end.index, mark.column)
        if kind == BLOCK_END:
            self.block_ends += 1
        elif kind in (SEQUENCE, MAPPING) or (kind == KEY and mark.index == end.index):
            self.waiting.append(token)
        else:
            reason = go_dialect.token_refused(self.text, raw, self.flow[-1] if self.flow else "")
            if reason:
                raise Unreadable(reason, mark.line + 1)
            if kind == SCALAR:
                token.style = "" if raw.plain else raw.style
                token.value = go_dialect.value(raw.value) if self.mended and raw.style == '"' else raw.value
            elif kind in (ALIAS, ANCHOR, TAG):
                token.value = raw.value
            self._step(token, Place(end.index, end.line, end.column))

    def _step(self, token: Token, end: Place) -> None:
        """Comments before the token, the blocks that end there, the token itself, and the comment beside it."""
        self.fetch += 1
        before, previous = self.position, self.last
        if previous is not None:
            self._gap(previous, token)
        self._end_blocks(token, before)
        self._append(token)
        self.position = self._behind(token, end)
        self.last = token
        if token.style in ("|", ">"):
            self._beside(token.start, match_end(_HEADER, self.text, token.start))
        elif token.kind not in _NO_LINE_COMMENT and self.position.line == end.line:
            handed = previous is not None and token.kind == (FLOW_ENTRY if self.flow else VALUE)
            owner = previous.start if handed and previous is not None else token.start
            length = self._beside(owner, self.position.offset)
            self.position = Place(self.position.offset + length, self.position.line, self.position.column + length)

    def _gap(self, previous: Token, token: Token) -> None:
        tokens = self.result.tokens
        if previous.kind == ENTRY and len(tokens) > 1 and tokens[-2].kind == SEQUENCE:
            first = behind_blanks(self.text, self.position.offset)
            self.result.steps.append(LineToHead(self.fetch, self.position.to(self.text, first)))
        stop = len(self.text) if token.kind == STREAM_END else token.start
        if self.text.find("#", self.position.offset, stop) < 0:
            return
        owner = tokens[-2] if previous.kind == FLOW_ENTRY and len(tokens) > 1 else previous
        gap = Gap(self.text, self.position, owner.start, owner.kind == VALUE, max(self.indents[-1], 0), bool(self.flow))
        for comment in gap.comments(stop):
            comment.fetch = self.fetch
            self.result.steps.append(comment)

    def _end_blocks(self, token: Token, before: Place) -> None:
        """Give each block that ends here its offset: before the comments that belong to an outer block."""
        if not self.block_ends:
            return
        column, mark = token.column, before.offset - 1
        if token.kind == STREAM_END:
            column = before.to(self.text, len(self.text)).column
        while self.block_ends and self.indents[-1] > column:
            mark = self._end_block(mark)
        mark = (len(self.text) if token.kind == STREAM_END else token.start) - 1
        while self.block_ends:
            mark = self._end_block(mark)

    def _end_block(self, mark: int) -> int:
        indent, stop = self.indents.pop(), mark
        for comment in reversed(self.result.steps):
            if isinstance(comment, LineToHead) or comment.end < stop:
                break
            if comment.column == indent + 1:
                mark = comment.start
            stop = comment.scan
        self.result.tokens.append(Token(BLOCK_END, mark, mark, ready=self.fetch))
        self.block_ends -= 1
        return mark

    def _append(self, token: Token) -> None:
        """Append the block starts and keys that waited, then the token; raises Unreadable beyond the bounds.

        The parser sees most of those that waited one step later than the token itself.
        """
        for early in self.waiting:
            early.ready = self.fetch + (token.kind not in (ENTRY, VALUE, KEY))
            if early.kind != KEY:
                self.indents.append(early.column)
            self.result.tokens.append(early)
        self.waiting.clear()
        token.ready = self.fetch
        self.result.tokens.append(token)
        if token.kind in (FLOW_SEQUENCE, FLOW_MAPPING):
            self.flow.append("[" if token.kind == FLOW_SEQUENCE else "{")
        elif token.kind in (FLOW_SEQUENCE_END, FLOW_MAPPING_END):
            del self.flow[-1:]
        if len(self.flow) + len(self.indents) > MAX_DEPTH:
            raise Unreadable(f"nested more than {MAX_DEPTH} levels deep: not looked at here")
        if len(self.result.tokens) > MAX_TOKENS:
            raise Unreadable(f"more than {MAX_TOKENS:,} tokens: not looked at here")

    def _behind(self, token: Token, end: Place) -> Place:
        """The position where the scan continues; for plain and block scalars, behind the white space after them."""
        if token.kind == SCALAR and token.style in ("", "|", ">"):
            return end.to(self.text, behind_blanks(self.text, end.offset))
        return end

    def _beside(self, owner: int, index: int) -> int:
        """Record the comment on the rest of the line, if any; returns how many characters it takes."""
        start, body = beside(self.text, index)
        if not body:
            return 0
        line = self.position.line
        self.result.steps.append(Comment(owner, line=body, start=start, start_line=line, fetch=self.fetch))
        return start - index + len(body)
