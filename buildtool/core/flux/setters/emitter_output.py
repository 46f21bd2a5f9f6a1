"""The output of the emitter: the text so far, line by line, with column and indentation; comments and scalars."""

from __future__ import annotations

from buildtool.core.flux.setters.comments import BREAKS


class EmitterOutput:
    """The text written so far (`out`), the column behind it, and the current indentation (-1: none yet)."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.column = 0
        self.indent = -1
        self.whitespace = self.indention = True  # the last character was blank; only indentation stands on the line
        self.foot_indent = -1  # of the foot comment just above: a blank line parts it from what follows

    def put(self, text: str) -> None:
        self.out.append(text)
        self.column += len(text)

    def newline(self, text: str = "\n") -> None:
        self.out.append(text)
        self.column = 0
        self.indention = True

    def start_line(self) -> None:
        """Go to the current indentation, on a new line unless already there; a foot comment gets a blank line."""
        indent = max(self.indent, 0)
        if not self.indention or self.column > indent or (self.column == indent and not self.whitespace):
            self.newline()
        if self.foot_indent == indent:
            self.newline()
        if self.column < indent:
            self.put(" " * (indent - self.column))
        self.whitespace = True
        self.foot_indent = -1

    def indicator(self, text: str, *, space: bool, blank: bool = False, indents: bool = False) -> None:
        """Punctuation; `space` asks for a blank before it, `blank` says that it counts as one."""
        if space and not self.whitespace:
            self.put(" ")
        self.put(text)
        self.whitespace = blank
        self.indention = self.indention and indents

    def comment(self, text: str) -> None:
        breaks = pound = False
        for one in text:
            if one in BREAKS:
                self.newline(one)
                breaks, pound = True, False
                continue
            if breaks:
                self.start_line()
            if not pound:
                if one != "#":
                    self.put("# ")
                pound = True
            self.put(one)
            self.indention = breaks = False
        if not breaks:
            self.newline()
        self.whitespace = True

    def single_quoted(self, value: str) -> None:
        self.indicator("'", space=True)
        breaks = False
        for one in value:
            if one in BREAKS:
                if not breaks and one == "\n":
                    self.newline()
                self.newline(one)
                breaks = True
                continue
            if breaks:
                self.start_line()
            self.put("''" if one == "'" else one)
            self.indention = breaks = False
        self.indicator("'", space=False)

    def literal(self, value: str) -> None:
        breaks = True
        for one in value:
            if one in BREAKS:
                self.newline(one)
                breaks = True
                continue
            if breaks:
                self.start_line()
            self.put(one)
            self.indention = breaks = False

    def folded(self, value: str) -> None:
        breaks = leading = True
        run = len(value) - len(value.lstrip(BREAKS))
        text_first = value[run : run + 1] not in ("", " ", "\t", "\0")
        for one in value:
            if one in BREAKS:
                if not breaks and not leading and one == "\n" and text_first:
                    self.newline()
                self.newline(one)
                breaks = True
                continue
            if breaks:
                self.start_line()
                leading = one in " \t"
            self.put(one)
            self.indention = breaks = False
