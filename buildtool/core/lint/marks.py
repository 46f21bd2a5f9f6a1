"""The setter markers of a file: those that Flux acts on, and those it never sees, each with the rule that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.setters import markers, skip_reason

if TYPE_CHECKING:
    from buildtool.core.setters import Marker

_EMPTY = "empty-value"
_WHOLE_FILE = frozenset({"file-name", "unreadable"})
_MISPLACED = frozenset(
    {"above-key", "parent-line", "below", "collection", "alias", "hidden", "duplicate-key", "joined", "apart"}
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker that Flux acts on: `policy` is `namespace:name`, `part` is "", tag, name or digest.

    `text` is the value beside it, `line` and `column` where that begins; `typed` means a plain number, boolean or null.
    """

    policy: str
    part: str
    text: str
    line: int
    column: int
    typed: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """A comment that means to be a marker; `code` is the rule's."""

    code: str
    line: int
    column: int
    why: str


@dataclass(frozen=True, slots=True)
class Marks:
    """`skipped` is why Flux passes over the whole file, "" where it does not; `first` is the place of the first one."""

    seen: tuple[Mark, ...] = ()
    lost: tuple[Lost, ...] = ()
    skipped: str = ""
    first: tuple[int, int] = (0, 0)


def read_marks(path: str, text: str) -> Marks:
    """Every marker of a file, by line."""
    if "imagepolicy" not in text.lower():
        return Marks()
    found = markers(text, path)
    if not found:
        return Marks()
    first = (found[0].line, found[0].column)
    if found[0].problem in _WHOLE_FILE:
        skipped = skip_reason(text, path)
        line = skipped.line if skipped is not None else 0
        return Marks(skipped=found[0].reason, first=(line, 1) if line else first)
    seen = tuple(_mark(marker) for marker in found if marker.seen)
    lost = tuple(Lost(_code(m.problem), m.line, m.column, m.reason) for m in found if not m.seen)
    return Marks(seen, lost, first=first)


def _mark(marker: Marker) -> Mark:
    return Mark(
        policy=f"{marker.namespace}:{marker.name}",
        part=marker.suffix,
        text=marker.value or "",
        line=marker.value_line,
        column=marker.value_column,
        typed=marker.problem == "typed-value",
    )


def _code(problem: str) -> str:
    if problem == _EMPTY:
        return "marker-empty-value"
    return "marker-misplaced" if problem in _MISPLACED else "marker-malformed"
