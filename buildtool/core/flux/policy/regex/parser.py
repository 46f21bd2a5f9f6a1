r"""Go's regular expressions (Go 1.26 regexp/syntax, Perl flags), read into a tree; errors in Go's own words.

Go is stricter than Python (no lookaround, backreference, possessive or atomic form) and in places looser: a group name
may begin with a digit and occur twice, `a{,5}` and `a{2` are literal, `\Q…\E`, `(?U)`, `[[:alpha:]]` and `\pL` exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from buildtool.core.flux.policy.regex import ast
from buildtool.core.flux.policy.regex.classreader import ClassReader
from buildtool.core.flux.policy.regex.escapes import literal, read_escape
from buildtool.core.flux.policy.regex.rejection import RegexError

_MAX_HEIGHT = 1000
_MAX_SIZE = (128 << 20) // 40
_MAX_REPEAT = 1000
_LONGEST = 1 << 17  # ours: Go has no limit of its own below 3 MB, a cluster has one of about 1 MB for all of an object
_REPEAT = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_NAME = re.compile(r"[A-Za-z0-9_]+")
_ANCHORS = {"A": "text_begin", "z": "text_end", "b": "word", "B": "not_word"}
_SIMPLE_REPEATS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


@dataclass(frozen=True, slots=True)
class Flags:
    fold: bool = False
    multi_line: bool = False
    dot_newline: bool = False
    swap_greed: bool = False


@dataclass(slots=True)
class _Level:
    """What stands between one pair of parentheses: finished branches, the branch being read, the flags outside."""

    outer: Flags
    number: int | None = None
    name: str | None = None
    branches: list[ast.Node] = field(default_factory=list)
    parts: list[ast.Node] = field(default_factory=list)

    def close(self) -> ast.Node:
        body = ast.alternate([*self.branches, ast.concat(self.parts)])
        return body if self.number is None else ast.group(self.number, self.name, body)


def parse(pattern: str) -> ast.Tree:
    """Read a pattern; raises RegexError with Go's message."""
    if len(pattern) > _LONGEST:
        raise RegexError("expression too large", f"{pattern[:40]}…")
    return _Parser(pattern).run()


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0
        self.flags = Flags()
        self.levels = [_Level(Flags())]
        self.names: list[str | None] = [None]
        self.last_repeat: int | None = None  # where the repeat just read began: a second one may not follow

    def run(self) -> ast.Tree:
        while self.at < len(self.text):
            begin, self.repeated = self.at, False
            self._step(self.text[self.at])
            self.last_repeat = begin if self.repeated else None
        if len(self.levels) > 1:
            raise RegexError("missing closing )", self.text)
        root = self.levels[0].close()
        self._check_limits(root)
        return ast.Tree(self.text, root, tuple(self.names))

    def _step(self, char: str) -> None:
        if char == "(":
            self._open()
        elif char == ")":
            self._close()
        elif char == "|":
            level = self.levels[-1]
            level.branches.append(ast.concat(level.parts))
            level.parts = []
            self.at += 1
        elif char in "^$.[":
            self._atom(char)
        elif char in _SIMPLE_REPEATS:
            self._repeat(*_SIMPLE_REPEATS[char], self.at + 1, counted=False)
        elif char == "{":
            self._braces()
        elif char == "\\":
            self._backslash()
        else:
            self._push(literal(char, fold=self.flags.fold))
            self.at += 1

    def _push(self, node: ast.Node) -> None:
        self._check_limits(node)
        self.levels[-1].parts.append(node)

    def _check_limits(self, node: ast.Node) -> None:
        if node.height > _MAX_HEIGHT:
            raise RegexError("expression nests too deeply", self.text)
        if node.size > _MAX_SIZE:
            raise RegexError("expression too large", self.text)

    def _atom(self, char: str) -> None:
        if char == "[":
            node, self.at = ClassReader(self.text, self.at, fold=self.flags.fold).read()
            self._push(node)
            return
        self.at += 1
        if char == ".":
            everything = (1 << 128) - 1
            if self.flags.dot_newline:
                self._push(ast.Chars(everything, "(?s:.)"))
            else:
                self._push(ast.Chars(everything & ~(1 << 10), "(?-s:.)"))
        else:
            side = "begin" if char == "^" else "end"
            self._push(ast.Anchor(f"{'line' if self.flags.multi_line else 'text'}_{side}"))

    def _braces(self) -> None:
        found = _REPEAT.match(self.text, self.at)
        if found is None:
            self._push(literal("{", fold=False))
            self.at += 1
            return
        low = _count(found[1])
        high = low if found[2] is None else None if found[3] is None else _count(found[3])
        if low > _MAX_REPEAT or (high is not None and (high > _MAX_REPEAT or low > high)):
            raise RegexError("invalid repeat count", found[0])
        self._repeat(low, high, found.end(), counted=True)

    def _repeat(self, low: int, high: int | None, after: int, *, counted: bool) -> None:
        greedy = not self.flags.swap_greed
        if self.text.startswith("?", after):
            after += 1
            greedy = not greedy
        if self.last_repeat is not None:
            raise RegexError("invalid nested repetition operator", self.text[self.last_repeat : after])
        parts = self.levels[-1].parts
        if not parts:
            raise RegexError("missing argument to repetition operator", self.text[self.at : after])
        node = ast.repeat(parts.pop(), low, high, greedy=greedy, counted=counted)
        if counted and max(low, high or 0) > 1 and node.copies > _MAX_REPEAT:
            raise RegexError("invalid repeat count", self.text[self.at : after])
        self._push(node)
        self.at, self.repeated = after, True

    def _backslash(self) -> None:
        kind = self.text[self.at + 1 : self.at + 2]
        if kind in _ANCHORS:
            self._push(ast.Anchor(_ANCHORS[kind]))
            self.at += 2
        elif kind == "Q":
            quoted, _, rest = self.text[self.at + 2 :].partition("\\E")
            for char in quoted:
                self._push(literal(char, fold=self.flags.fold))
            self.at = len(self.text) - len(rest)
        elif kind and kind in "pPdDsSwW":
            node, self.at = ClassReader(self.text, self.at, fold=self.flags.fold).read_single()
            self._push(node)
        else:
            char, self.at = read_escape(self.text, self.at)
            self._push(literal(char, fold=self.flags.fold))

    def _open(self) -> None:
        name: str | None = None
        if self.text.startswith("(?", self.at):
            named = self._read_name()
            if named is None:
                self._read_flags()
                return
            name = named
        else:
            self.at += 1
        self.names.append(name)
        self.levels.append(_Level(self.flags, len(self.names) - 1, name))

    def _read_name(self) -> str | None:
        """The name in `(?P<name>` or `(?<name>`; None when this is not a named group."""
        opening = next((form for form in ("(?P<", "(?<") if self.text.startswith(form, self.at)), None)
        if opening is None or len(self.text) == self.at + len(opening):
            return None
        begin = self.at + len(opening)
        end = self.text.find(">", self.at)
        if end < 0:
            raise RegexError("invalid named capture", self.text[self.at :])
        name = self.text[begin:end]
        if not _NAME.fullmatch(name):
            raise RegexError("invalid named capture", self.text[self.at : end + 1])
        self.at = end + 1
        return name

    def _read_flags(self) -> None:
        """`(?i)`, `(?i-s:`, `(?:`: change the flags, for the rest of this level or for a new one."""
        begin, self.at = self.at, self.at + 2
        values = {
            "i": self.flags.fold,
            "m": self.flags.multi_line,
            "s": self.flags.dot_newline,
            "U": self.flags.swap_greed,
        }
        setting, complete = True, True
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char in values:
                values[char], complete = setting, True
            elif char == "-" and setting:
                setting, complete = False, False
            elif char in ":)" and complete:
                if char == ":":
                    self.levels.append(_Level(self.flags))
                self.flags = Flags(values["i"], values["m"], values["s"], values["U"])
                return
            else:
                break
        raise RegexError("invalid or unsupported Perl syntax", self.text[begin : self.at])

    def _close(self) -> None:
        if len(self.levels) == 1:
            raise RegexError("unexpected )", self.text)
        level = self.levels.pop()
        self.flags = level.outer
        self.at += 1
        self._push(level.close())


def _count(digits: str) -> int:
    """A count in braces; anything long is too large anyway."""
    return int(digits[:8])
