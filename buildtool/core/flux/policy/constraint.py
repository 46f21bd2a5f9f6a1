"""Version ranges in Masterminds' dialect (semver 3.5 constraints.go), which no Python package reads.

`,` or blanks are AND, `||` is OR, `1.2.3 - 1.9.0` a range; a missing or `x` part is a wildcard. A prerelease fits a
group only when some version of that group has one. Oddities of the original are kept: `^*` is only 0.0.x, `<*` nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from buildtool.core.flux.policy.version import compare_pre, parse_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from buildtool.core.flux.policy.version import Version

_BLANK = r"[\t\n\f\r ]"
_OPS = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^"
_PART = r"[0-9|xX*]+"
_TAIL = r"(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
_VERSION = rf"v?{_PART}(?:\.{_PART})?(?:\.{_PART})?{_TAIL}"
_TERM = rf"(?:{_OPS}){_BLANK}*{_VERSION}"
_HYPHEN = re.compile(rf"{_BLANK}*({_VERSION}){_BLANK}+-{_BLANK}+({_VERSION}){_BLANK}*")
# possessive quantifiers: a range of 500 blanks may not stall
_GROUP = re.compile(rf"{_BLANK}*{_TERM}(?:{_BLANK}*+(?:,{_BLANK}*+|(?<={_BLANK})){_TERM})*{_BLANK}*")
_FIND = re.compile(
    rf"({_OPS}){_BLANK}*(v?({_PART})(\.{_PART})?(\.{_PART})?(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)"
)
_LONGEST = 512
_MOST_GROUPS = 32


class ConstraintError(ValueError):
    """A range that Masterminds refuses, in its words."""


@dataclass(frozen=True, slots=True)
class Term:
    """An operator and a version; `dirty` when a part is a wildcard, `minor_dirty` or `patch_dirty` may say which."""

    operator: str
    text: str
    version: Version
    dirty: bool
    minor_dirty: bool
    patch_dirty: bool

    def check(self, version: Version) -> bool:
        return _CHECKS[self.operator](version, self)


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that must all hold."""

    terms: tuple[Term, ...]
    prereleases: bool

    def check(self, version: Version) -> bool:
        return (self.prereleases or not version.pre) and all(term.check(version) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Constraint:
    """Groups of which one must hold."""

    text: str
    groups: tuple[Group, ...]

    def check(self, version: Version) -> bool:
        return any(group.check(version) for group in self.groups)


@lru_cache(maxsize=256)
def parse_constraint(text: str) -> Constraint:
    """Read a range; raises ConstraintError with Masterminds' message."""
    if len(text.encode("utf-8", "replace")) > _LONGEST:
        raise ConstraintError(f"constraint string is too long (max {_LONGEST} bytes)")
    parts = _rewrite_hyphens(text).split("||")
    if len(parts) > _MOST_GROUPS:
        raise ConstraintError(f"too many constraint groups (max {_MOST_GROUPS})")
    return Constraint(text, tuple(_group(part) for part in parts))


def _rewrite_hyphens(text: str) -> str:
    """`1.2 - 1.4` becomes `>= 1.2, <= 1.4`; each found text is replaced where it first occurs, as the original does."""
    result = text
    for found in _HYPHEN.finditer(text):
        result = result.replace(found[0], f">= {found[1]}, <= {found[2]} ", 1)
    return result


def _group(text: str) -> Group:
    if not _GROUP.fullmatch(text):
        raise ConstraintError(f"improper constraint: {_quoted(text)}")
    terms = tuple(_term(found) for found in _FIND.finditer(text))
    return Group(terms, any(term.version.pre for term in terms))


def _term(found: re.Match[str]) -> Term:
    operator, text, major, minor, patch, pre = found.groups()
    minor, patch, pre = minor or "", patch or "", pre or ""
    no_major, no_minor, no_patch = (part.removeprefix(".") in {"", "x", "X", "*"} for part in (major, minor, patch))
    if no_major:
        plain = f"0.0.0{pre}"
    elif no_minor:
        plain = f"{major}.0.0{pre}"
    else:
        plain = f"{major}{minor}.0{pre}" if no_patch else text
    version = parse_version(plain)
    if version is None:
        raise ConstraintError("constraint parser error")
    return Term(
        operator,
        text,
        version,
        dirty=no_major or no_minor or no_patch,
        minor_dirty=no_minor and not no_major,
        patch_dirty=no_patch and not no_minor and not no_major,
    )


def _quoted(text: str) -> str:
    """Go's %q, for what occurs in ranges."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    short = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f", "\v": "\\v", "\a": "\\a", "\b": "\\b"}
    return (
        '"'
        + "".join(short.get(char) or (char if char.isprintable() else _escaped(ord(char))) for char in escaped)
        + '"'
    )


def _escaped(point: int) -> str:
    if point < 0x80:  # noqa: PLR2004 -- ASCII
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"  # noqa: PLR2004 -- the basic plane


def _not_equal(version: Version, term: Term) -> bool:
    if term.dirty:
        if term.version.release[0] != version.release[0]:
            return True
        if term.minor_dirty:
            return False
        if term.version.release[1] != version.release[1]:
            return True
        if term.patch_dirty:
            return bool(version.pre or term.version.pre) and compare_pre(version.pre, term.version.pre) != 0
        if term.version.release[2] != version.release[2]:
            return True
    return version.compare(term.version) != 0


def _greater(version: Version, term: Term) -> bool:
    if not term.dirty:
        return version.compare(term.version) > 0
    if version.release[0] != term.version.release[0]:
        return version.release[0] > term.version.release[0]
    if term.minor_dirty:
        return False
    if term.patch_dirty:
        return version.release[1] > term.version.release[1]
    return version.compare(term.version) > 0


def _less(version: Version, term: Term) -> bool:
    return version.compare(term.version) < 0


def _greater_equal(version: Version, term: Term) -> bool:
    return version.compare(term.version) >= 0


def _less_equal(version: Version, term: Term) -> bool:
    if not term.dirty:
        return version.compare(term.version) <= 0
    major, minor, _ = term.version.release
    if version.release[0] != major:
        return version.release[0] < major
    return version.release[1] <= minor or term.minor_dirty


def _tilde(version: Version, term: Term) -> bool:
    if version.compare(term.version) < 0:
        return False
    if term.version.release == (0, 0, 0) and not term.minor_dirty and not term.patch_dirty:
        return True
    if version.release[0] != term.version.release[0]:
        return False
    return version.release[1] == term.version.release[1] or term.minor_dirty


def _tilde_or_equal(version: Version, term: Term) -> bool:
    return _tilde(version, term) if term.dirty else version.compare(term.version) == 0


def _caret(version: Version, term: Term) -> bool:
    if version.compare(term.version) < 0:
        return False
    major, minor, patch = term.version.release
    if major > 0 or term.minor_dirty:
        return version.release[0] == major
    if version.release[0] > 0:
        return False
    if minor > 0 or term.patch_dirty:
        return version.release[1] == minor
    return version.release[1] == 0 and version.release[2] == patch


if TYPE_CHECKING:
    _Check: TypeAlias = Callable[[Version, Term], bool]

_CHECKS: dict[str, _Check] = {
    "": _tilde_or_equal,
    "=": _tilde_or_equal,
    "!=": _not_equal,
    ">": _greater,
    "<": _less,
    ">=": _greater_equal,
    "=>": _greater_equal,
    "<=": _less_equal,
    "=<": _less_equal,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}
