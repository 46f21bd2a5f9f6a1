r"""Character classes: `[^a-z\d[:alpha:]\p{Lu}]`, and the escapes that are classes by themselves (`\d`, `\pL`)."""

from __future__ import annotations

from buildtool.core.flux.policy.regex import classes
from buildtool.core.flux.policy.regex.ast import Chars
from buildtool.core.flux.policy.regex.escapes import re2_char, read_escape
from buildtool.core.flux.policy.regex.rejection import RegexError


class ClassReader:
    """Reads one class that begins at `at`. With `fold`, each item also holds the other case of its letters."""

    def __init__(self, text: str, at: int, *, fold: bool) -> None:
        self.text = text
        self.at = at
        self.begin = at
        self.fold = fold
        self.ascii = 0
        self.items: list[str] = []

    def read(self) -> tuple[Chars, int]:
        """A class in brackets; the node and where it ends."""
        self.at += 1
        negated = self.text.startswith("^", self.at)
        self.at += negated
        first = True
        while first or not self.text.startswith("]", self.at):
            first = False
            if not (self._posix() or self._escape_class()):
                self._range()
        self.at += 1
        return self._node(negated=negated), self.at

    def read_single(self) -> tuple[Chars, int]:
        self._escape_class()
        return self._node(negated=False), self.at

    def _node(self, *, negated: bool) -> Chars:
        ascii_set = classes.ASCII & ~self.ascii if negated else self.ascii
        items = "".join(self.items)
        if not items:  # nothing at all, or with a caret everything
            items, negated = "\\x{0}-\\x{10FFFF}", not negated
        return Chars(ascii_set, f"(?{'i' if self.fold else '-i'}:[{'^' if negated else ''}{items}])")

    def _posix(self) -> bool:
        if not self.text.startswith("[:", self.at):
            return False
        end = self.text.find(":]", self.at + 2)
        if end < 0:
            return False
        name = self.text[self.at + 2 : end]
        negated = name.startswith("^")
        found = classes.POSIX.get(name[negated:])
        if found is None:
            raise RegexError("invalid character class range", self.text[self.at : end + 2])
        self._add(found, f"[:{name}:]", negated=negated)
        self.at = end + 2
        return True

    def _escape_class(self) -> bool:
        if not self.text.startswith("\\", self.at):
            return False
        kind = self.text[self.at + 1 : self.at + 2]
        if kind and kind in "pP":
            self._unicode()
            return True
        found = classes.PERL.get(kind.lower())
        if found is None or not kind.isascii():
            return False
        self._add(found, f"\\{kind}", negated=kind.isupper())
        self.at += 2
        return True

    def _unicode(self) -> None:
        begin = self.at
        negated = self.text[begin + 1] == "P"
        if self.text.startswith("{", begin + 2):
            end = self.text.find("}", begin)
            if end < 0:
                raise RegexError("invalid character class range", self.text[begin:])
            name, self.at = self.text[begin + 3 : end], end + 1
        else:
            name, self.at = self.text[begin + 2 : begin + 3], begin + 3
        if name.startswith("^"):
            negated, name = not negated, name[1:]
        found = classes.unicode_class(name, negated=negated, fold=self.fold)
        if found is None:
            raise RegexError("invalid character class range", self.text[begin : self.at])
        self._add(*found, negated=negated)

    def _add(self, ascii_set: int, re2: str, *, negated: bool) -> None:
        whole = classes.folded(ascii_set) if self.fold else ascii_set
        self.ascii |= classes.ASCII & ~whole if negated else whole
        self.items.append(re2)

    def _range(self) -> None:
        begin = self.at
        low = high = self._char()
        if self.text.startswith("-", self.at) and self.text[self.at + 1 : self.at + 2] not in {"", "]"}:
            self.at += 1
            high = self._char()
            if high < low:
                raise RegexError("invalid character class range", self.text[begin : self.at])
        self.ascii |= classes.folded_span(low, high) if self.fold else classes.span(low, high)
        self.items.append(re2_char(low) if low == high else f"{re2_char(low)}-{re2_char(high)}")

    def _char(self) -> int:
        if self.at >= len(self.text):
            raise RegexError("missing closing ]", self.text[self.begin :])
        if self.text[self.at] == "\\":
            char, self.at = read_escape(self.text, self.at)
        else:
            char, self.at = self.text[self.at], self.at + 1
        return ord(char)
