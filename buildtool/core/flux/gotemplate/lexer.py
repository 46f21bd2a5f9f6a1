"""Text to tokens, as Go's text/template reads them; linear in the length of the text."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEFT, _RIGHT = "{{", "}}"
_SPACES = " \t\r\n"
_DIGITS = {"x": "0123456789abcdefABCDEF_", "o": "01234567_", "b": "01_", "": "0123456789_"}


class Kind(Enum):
    TEXT = auto()
    LEFT = auto()
    RIGHT = auto()
    SPACE = auto()
    ASSIGN = auto()
    DECLARE = auto()
    PIPE = auto()
    STRING = auto()
    RAW = auto()
    CHARACTER = auto()
    NUMBER = auto()
    COMPLEX = auto()
    VARIABLE = auto()
    FIELD = auto()
    DOT = auto()
    IDENTIFIER = auto()
    BOOL = auto()
    KEYWORD = auto()
    NIL = auto()
    OPEN = auto()
    CLOSE = auto()
    OTHER = auto()
    EOF = auto()


_KEYWORDS = frozenset(
    {"block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"}
)  # fmt: skip
_SIGNS = {"=": Kind.ASSIGN, "|": Kind.PIPE, "(": Kind.OPEN, ")": Kind.CLOSE}


class Token(NamedTuple):
    kind: Kind
    text: str
    position: int


class SyntaxFailure(Exception):  # noqa: N818 -- an answer about the template, raised only inside this package
    """Why Go does not parse the template, and where."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


def tokens(text: str) -> Iterator[Token]:
    """Every token, an EOF last; raises SyntaxFailure where the rest cannot be read."""
    position = 0
    while True:
        opens = text.find(_LEFT, position)
        end = len(text) if opens < 0 else opens
        inside = end + len(_LEFT)
        trims = opens >= 0 and text[inside : inside + 1] == "-" and text[inside + 1 : inside + 2] in (*_SPACES,)
        shown = text[position:end].rstrip(_SPACES) if trims else text[position:end]
        if shown:
            yield Token(Kind.TEXT, shown, position)
        if opens < 0:
            yield Token(Kind.EOF, "EOF", len(text))
            return
        inside += 2 if trims else 0
        if text.startswith("/*", inside):
            position = _after_comment(text, inside)
        else:
            yield Token(Kind.LEFT, _LEFT, opens)
            reader = _Action(text, inside)
            yield from reader.read()
            position = reader.at


def _after_comment(text: str, start: int) -> int:
    end = text.find("*/", start + 2)
    if end < 0:
        raise SyntaxFailure("unclosed comment", start)
    end += 2
    width, trims = _right_delimiter(text, end)
    if not width:
        raise SyntaxFailure("comment ends before closing delimiter", start)
    return _after_delimiter(text, end + width, trims=trims)


def _right_delimiter(text: str, at: int) -> tuple[int, bool]:
    """The length of the right delimiter here, 0 for none, and whether it trims what follows."""
    if text.startswith("-" + _RIGHT, at + 1) and text[at] in _SPACES:
        return 2 + len(_RIGHT), True
    return (len(_RIGHT), False) if text.startswith(_RIGHT, at) else (0, False)


def _after_delimiter(text: str, at: int, *, trims: bool) -> int:
    while trims and at < len(text) and text[at] in _SPACES:
        at += 1
    return at


class _Action:
    """The tokens between the delimiters; `at` is where the reading goes on."""

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at
        self.start = at
        self.depth = 0

    def read(self) -> Iterator[Token]:
        while True:
            self.start = self.at
            width, trims = _right_delimiter(self.text, self.at)
            if width:
                if self.depth:
                    raise SyntaxFailure("unclosed left paren", self.start)
                self.at = _after_delimiter(self.text, self.at + width, trims=trims)
                yield Token(Kind.RIGHT, _RIGHT, self.start)
                return
            kind = self._token()
            yield Token(kind, self.text[self.start : self.at], self.start)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _token(self) -> Kind:
        first = self._peek()
        if not first:
            raise SyntaxFailure("unclosed action", self.start)
        if first in _SPACES:
            return self._space()
        if is_word(first) and not first.isdecimal():
            return self._identifier()
        if first in "+-0123456789" or (first == "." and self.text[self.at + 1 : self.at + 2] in (*"0123456789",)):
            return self._number()
        self.at += 1
        readers = {'"': self._quote, "'": self._quote, "`": self._raw, ".": self._field, "$": self._field}
        if first in readers:
            return readers[first](first)
        if first == ":":
            if self._peek() != "=":
                raise SyntaxFailure("expected :=", self.start)
            self.at += 1
            return Kind.DECLARE
        return self._sign(first)

    def _sign(self, sign: str) -> Kind:
        self.depth += {"(": 1, ")": -1}.get(sign, 0)
        if self.depth < 0:
            raise SyntaxFailure("unexpected right paren", self.start)
        if not "!" <= sign <= "~":
            raise SyntaxFailure(f"unrecognized character in action: {_shown(sign)}", self.start)
        return _SIGNS.get(sign, Kind.OTHER)

    def _space(self) -> Kind:
        while self._peek() and self._peek() in _SPACES and not _right_delimiter(self.text, self.at)[0]:
            self.at += 1
        return Kind.SPACE

    def _identifier(self) -> Kind:
        self._word()
        word = self.text[self.start : self.at]
        if word in _KEYWORDS:
            return Kind.KEYWORD
        return {"nil": Kind.NIL, "true": Kind.BOOL, "false": Kind.BOOL}.get(word, Kind.IDENTIFIER)

    def _field(self, first: str) -> Kind:
        if self._ends_here():
            return Kind.DOT if first == "." else Kind.VARIABLE
        self._word()
        return Kind.FIELD if first == "." else Kind.VARIABLE

    def _word(self) -> None:
        while self._peek() and is_word(self._peek()):
            self.at += 1
        if not self._ends_here():
            raise SyntaxFailure(f"bad character {_shown(self._peek())}", self.start)

    def _ends_here(self) -> bool:
        """Whether what stands here may follow an identifier."""
        following = self._peek()
        return not following or following in _SPACES + ".,|:()" or self.text.startswith(_RIGHT, self.at)

    def _quote(self, quote: str) -> Kind:
        while True:
            following = self._peek()
            self.at += 1
            if following == "\\":
                following = self._peek()
                self.at += 1
                if following not in ("", "\n"):
                    continue
            if following in ("", "\n"):
                what = "quoted string" if quote == '"' else "character constant"
                raise SyntaxFailure(f"unterminated {what}", self.start)
            if following == quote:
                return Kind.STRING if quote == '"' else Kind.CHARACTER

    def _raw(self, _quote: str) -> Kind:
        end = self.text.find("`", self.at)
        if end < 0:
            raise SyntaxFailure("unterminated raw quoted string", self.start)
        self.at = end + 1
        return Kind.RAW

    def _number(self) -> Kind:
        self._one_number()
        if self._peek() and self._peek() in "+-":
            self._one_number()
            if self.text[self.at - 1] != "i":
                raise self._bad_number()
            return Kind.COMPLEX
        return Kind.NUMBER

    def _one_number(self) -> None:
        self._accept("+-")
        base = ""
        if self._accept("0"):
            base = next((name for name in "xob" if self._accept(name + name.upper())), "")
        self._run(_DIGITS[base])
        if self._accept("."):
            self._run(_DIGITS[base])
        if (not base and self._accept("eE")) or (base == "x" and self._accept("pP")):
            self._accept("+-")
            self._run(_DIGITS[""])
        self._accept("i")
        if self._peek() and is_word(self._peek()):
            self.at += 1
            raise self._bad_number()

    def _bad_number(self) -> SyntaxFailure:
        return SyntaxFailure(f'bad number syntax: "{self.text[self.start : self.at]}"', self.start)

    def _accept(self, valid: str) -> bool:
        if self._peek() and self._peek() in valid:
            self.at += 1
            return True
        return False

    def _run(self, valid: str) -> None:
        while self._accept(valid):
            pass


def is_word(character: str) -> bool:
    """A letter, a decimal digit or an underscore, of any script."""
    return character == "_" or character.isalpha() or character.isdecimal()


def _shown(character: str) -> str:
    return f"U+{ord(character):04X} {character!r}" if character else "U+FFFFFFFFFFFFFFFF"
