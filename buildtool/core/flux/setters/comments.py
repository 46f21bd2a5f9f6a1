r"""The text between two tokens -> its comments: head comments of the next token, foot comments of the one before.

The rules are those of go-yaml v3. A comment is a foot comment when it starts on the line right below the token before
and a blank line follows it, or when it is indented less than the block. Else it is a head comment.

    >>> text = "a: 1\n# foot\n\n# head\nb: 2\n"
    >>> between = Gap(text, Place(5, 1, 0), owner=3, after_value=False, indent=0, in_flow=False)
    >>> for comment in between.comments(stop=text.index("b")):
    ...     print(comment.owner, [comment.head, comment.foot])
    3 ['', '# foot']
    13 ['# head', '']
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

BREAKS = "\n\r\x85\u2028\u2029"
BLANKS = " \t"
_SPACE = re.compile(f"[{BLANKS}{BREAKS}]*")
_LINE = re.compile(f"[^{BREAKS}]*")
_BESIDE = re.compile(f"[{BLANKS}]*(#[^{BREAKS}]*)")


class Place(NamedTuple):
    """A position in the text: offset, line and column, all from 0."""

    offset: int
    line: int
    column: int

    def to(self, text: str, offset: int) -> Place:
        """The place at a later offset."""
        passed = text[self.offset : offset]
        kinds = "\n" if passed.isascii() and "\r" not in passed else BREAKS
        lines = sum(map(passed.count, kinds))
        if not lines:
            return Place(offset, self.line, self.column + len(passed))
        return Place(offset, self.line + lines, len(passed) - 1 - max(map(passed.rfind, kinds)))


class Lines:
    """Line and column, both from 1, of any offset into a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


@dataclass(slots=True)
class Comment:
    """One comment: its text, with every `#`, in exactly one of `head`, `line` and `foot`.

    `owner` is the offset of the token that it belongs to. `start` and `end` are its own offsets; `start_line` counts
    from 0 and `column` from 1. `scan` is the offset where the search that found it began; `fetch` is the number of the
    scanner's step that found it.
    """

    owner: int
    head: str = ""
    line: str = ""
    foot: str = ""
    start: int = 0
    start_line: int = 0
    column: int = 0
    end: int = 0
    scan: int = 0
    fetch: int = 0


def match_end(pattern: re.Pattern[str], text: str, index: int) -> int:
    """Where the match of a pattern ends; `index` itself where it does not match."""
    match = pattern.match(text, index)
    return match.end() if match is not None else index


def behind_blanks(text: str, index: int) -> int:
    """The first offset from `index` on that is neither blank nor line break."""
    return match_end(_SPACE, text, index)


def beside(text: str, index: int) -> tuple[int, str]:
    """The comment on the rest of this line, and where it begins; no text where there is none."""
    match = _BESIDE.match(text, index)
    return (match.start(1), match[1]) if match is not None else (index, "")


@dataclass(slots=True)
class Gap:
    """The text between two tokens. `before` is the position behind the first of them, `owner` the first one's offset.

    `after_value` says that the first token is a `:`. `indent` is the column of the innermost block, from 0; `in_flow`
    says that a bracket is open.
    """

    text: str
    before: Place
    owner: int
    after_value: bool
    indent: int
    in_flow: bool

    def comments(self, stop: int) -> list[Comment]:
        """The comments between `before` and the offset `stop`."""
        first = behind_blanks(self.text, self.before.offset)
        if first >= stop or self.text[first] != "#":
            return []
        return _Reader(self, first).read()


class _Reader:
    """Reads the comment lines and blank lines between two tokens once, and cuts them into foot and head comments."""

    def __init__(self, gap: Gap, first: int) -> None:
        self.gap, self.text = gap, gap.text
        place = gap.before.to(gap.text, first)
        newlines = _newlines_before(gap.text, first)
        self.index, self.column = first, place.column
        self.line = self.real_line = place.line
        self.first_empty, self.recent_empty = newlines <= 1, False
        self.foot_line = -1
        if gap.before.line > 0:
            self.foot_line = place.line - newlines + 1 + (newlines == 0 and place.column > 1)
        self.body = ""
        self.start, self.start_line, self.start_column = 0, 0, 0
        self.owner, self.scan = gap.owner, gap.before.offset
        self.found: list[Comment] = []

    def read(self) -> list[Comment]:
        while True:
            character = self.text[self.index : self.index + 1]
            self.column += 1
            if character and character in BLANKS:
                self.index += 1
                continue
            closes = self.gap.in_flow and character in ("]", "}")
            if closes or not character or character in BREAKS:
                self._line_over(closes=closes, final=not character)
                if closes or not character:
                    break
                continue
            if self.body and self.column - 1 < self.gap.indent and self.column != self.start_column:
                self._cut(self.owner)
            if character != "#":
                break
            self._take()
        if self.body:
            self.found.append(self._comment(self.start, self.index - 1, head=self.body))
        return self.found

    def _line_over(self, *, closes: bool, final: bool) -> None:
        """Handle an empty line, the end of the text (`final`), or a closing bracket (`closes`)."""
        if closes or not self.recent_empty:
            dedented = self.start_column - 1 < self.gap.indent
            right_below = self.start_line == self.foot_line and not self.gap.after_value
            if closes or (self.first_empty and (right_below or dedented)):
                if self.body:
                    self._cut(self.start if dedented else self.owner)
            elif self.body and not final:
                self.body += "\n"
        if closes or final:
            return
        self.first_empty, self.recent_empty = False, True
        self.column = 0
        self.line += 1
        self.real_line += 1
        self.index += 1

    def _cut(self, owner: int) -> None:
        """End the comment that was read so far: it is a foot comment."""
        self.found.append(self._comment(owner, self.index, foot=self.body))
        self.scan = self.owner = self.index
        self.body = ""

    def _take(self) -> None:
        """Read one comment line and its line break."""
        if self.body:
            self.body += "\n"
        else:
            self.start, self.start_line, self.start_column = self.index, self.line, self.column
        self.recent_empty = False
        end = match_end(_LINE, self.text, self.index)
        self.body += self.text[self.index : end]
        self.line = self.real_line
        self.real_line += 1
        self.column = 0
        self.index = min(end + 1, len(self.text))

    def _comment(self, owner: int, end: int, *, head: str = "", foot: str = "") -> Comment:
        return Comment(
            owner,
            head=head,
            foot=foot,
            start=self.start,
            start_line=self.start_line,
            column=self.start_column,
            end=end,
            scan=self.scan,
        )


def _newlines_before(text: str, index: int) -> int:
    """Line breaks since the last character that is neither blank nor break."""
    count = 0
    while index and text[index - 1] in BLANKS + BREAKS:
        index -= 1
        count += text[index] in BREAKS
    return count
