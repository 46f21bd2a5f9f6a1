r"""One pattern of an ignore file: how it is cleaned, checked, and matched. Source: moby/patternmatcher 0.6.1.

A pattern is compared as a whole where it holds no wildcard, by its beginning (`docs/**`), by its end (`**/docs`), or as
a regular expression in Go's dialect: `*` and `?` stay in one folder, `**` crosses folders, `[…]` and `\` go to the
expression as they are. Simple expressions are matched with `re` where that takes few steps, all others with RE2, which
never takes more than linear time.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from buildtool.core.flux.policy.regex.cost import NotLinear, cost
from buildtool.core.flux.policy.regex.parser import parse
from buildtool.core.flux.policy.regex.re2_dialect import to_re2

if TYPE_CHECKING:
    from collections.abc import Callable
from buildtool.core.flux.policy.regex.rejection import RegexError

_BUDGET = 100_000  # steps of `re` for one path; RE2's wrapper takes as long as some thousands
_ESCAPED = frozenset(".+()|{}$")
# what `re` and Go read alike: no escapes but of one plain character, no classes but of plain characters and ranges
_PLAIN = re.compile(
    r"\^(?:[\w/ ,!@#%&~=:;'\"<>-]|\\[.+()|{}$]|\(\.\*/\)\?|\.\*|\[\^/\]\*?|\[\^?(?:\w(?:-\w)?)+\])*\$", re.ASCII
)
_SURROGATE = re.compile("[\ud800-\udfff]")


class IgnoreFileError(Exception):
    """Why BuildKit would refuse an ignore file."""


def go_clean(path: str) -> str:
    """Go's filepath.Clean: no empty parts, no `.`, `..` applied where it can be; an empty path is `.`."""
    rooted = path.startswith("/")
    kept: list[str] = []
    for part in path.split("/"):
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif (part == ".." and not rooted) or part not in {"", ".", ".."}:
            kept.append(part)
    return ("/" if rooted else "") + "/".join(kept) or "."


def pattern(text: str) -> Pattern:
    """A cleaned line as a pattern; raises IgnoreFileError where it is malformed."""
    if text == "!":
        raise IgnoreFileError('illegal exclusion pattern: "!"')
    negated = text.startswith("!")
    body = text[1:] if negated else text
    if not _is_well_formed(body):
        raise IgnoreFileError(f"syntax error in pattern {text!r}")
    return Pattern(body, negated=negated)


class Pattern:
    """`text` without its `!`, which is `negated`."""

    def __init__(self, text: str, *, negated: bool) -> None:
        self.text = text
        self.negated = negated

    @cached_property
    def matches(self) -> Callable[[str], bool]:
        """Whether the pattern takes a very path; raises IgnoreFileError where it is no regular expression."""
        kind, operand = self._translation[0], self._operand
        if kind == "exact":
            return operand.__eq__
        if kind == "prefix":
            return lambda path: path.startswith(operand)
        if kind == "suffix":
            return lambda path: path.endswith(operand) or (operand[:1] == "/" and path == operand[1:])
        return self._search

    @cached_property
    def _translation(self) -> tuple[str, str]:
        return _translated(self.text)

    @property
    def _operand(self) -> str:
        """The text without its `**`, cut off by bytes, as BuildKit does."""
        raw = self.text.encode("utf-8", "surrogateescape")
        cut = {"prefix": raw[:-2], "suffix": raw[2:]}.get(self._translation[0], raw)
        return cut.decode("utf-8", "surrogateescape")

    def _search(self, path: str) -> bool:
        plain, longest = self._plain
        if plain is not None and len(path) <= longest:
            return plain.match(path) is not None
        return self._re2.search(_SURROGATE.sub("\ufffd", path).encode()) is not None

    @cached_property
    def _tree(self) -> Any:
        try:
            return parse(_SURROGATE.sub("\ufffd", self._translation[1]))
        except RegexError as error:
            raise IgnoreFileError(f"syntax error in pattern {self.text!r}: {error}") from None

    @cached_property
    def _plain(self) -> tuple[re.Pattern[str] | None, int]:
        """The expression for `re`, and the longest path that it may be given; None where RE2 must do it."""
        try:
            longest = cost(self._tree).longest(_BUDGET)
        except NotLinear:
            return None, 0
        expression = self._translation[1]
        if not longest or _PLAIN.fullmatch(expression) is None:
            return None, 0
        return re.compile(expression[1:-1] + r"\Z"), longest

    @cached_property
    def _re2(self) -> Any:
        import re2  # noqa: PLC0415 -- 21 ms, and most patterns do not need it

        options = re2.Options()
        options.log_errors = False
        try:
            return re2.compile(to_re2(self._tree), options)
        except re2.error as error:
            raise IgnoreFileError(f"pattern {self.text[:40]!r} is too large for the engine here: {error}") from None


def _translated(text: str) -> tuple[str, str]:
    """How a pattern is compared (exact, prefix, suffix, regexp), and the regular expression."""
    kind, out = "exact", ["^"]
    rest = text.removeprefix("\ufeff")  # Go's scanner passes over it
    first = True
    while rest:
        char, rest = rest[0], rest[1:]
        if char == "*" and rest.startswith("*"):
            rest = rest[1:].removeprefix("/")
            out.append("(.*/)?" if rest else ".*")
            kind = "prefix" if not rest and kind == "exact" else "regexp"
            kind = "suffix" if first else kind
        elif char in "*?":
            out.append("[^/]*" if char == "*" else "[^/]")
            kind = "regexp"
        elif char == "\\" and rest:
            out.append("\\" + rest[0])
            kind, rest = "regexp", rest[1:]
        else:
            out.append("\\" + char if char in _ESCAPED else char)
            kind = "regexp" if char in "[]" else kind
        first = False
    return kind, "".join([*out, "$"])


# --- the syntax check: Go's filepath.Match, which reports what is malformed


def _is_well_formed(text: str) -> bool:
    r"""Whether every `[` ends, holds something, and no range or `\` lacks its end."""
    rest = text
    while rest:
        char, rest = rest[0], rest[1:]
        if char == "\\":
            if not rest:
                return False
            rest = rest[1:]
        elif char == "[":
            after = _after_class(rest)
            if after is None:
                return False
            rest = after
    return True


def _after_class(rest: str) -> str | None:
    """What follows a class, from behind its `[`; None where it does not end or is malformed."""
    rest = rest.removeprefix("^")
    empty = True
    while empty or not rest.startswith("]"):
        after = _after_char(rest)
        if after is not None and after.startswith("-"):
            after = _after_char(after[1:])
        if after is None:
            return None
        rest, empty = after, False
    return rest[1:]


def _after_char(rest: str) -> str | None:
    """What follows one character of a class; None where there is none, or where nothing follows."""
    if not rest or rest[0] in "-]":
        return None
    rest = rest.removeprefix("\\")
    return None if not rest or _SURROGATE.match(rest) else rest[1:] or None
