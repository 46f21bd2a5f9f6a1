"""The setter markers of a file: those that Flux acts on, and those it never sees, each with the rule that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.lint import marker_lines
from buildtool.core.flux.marker_name import MARKER_LIKE

if TYPE_CHECKING:
    from buildtool.core.flux.setters import Marker

MAX_CHARACTERS = 300_000  # Flux's comments are read at some 0.1 MB a second; a manifest has some kilobytes
_EMPTY = "empty-value"
_WHOLE_FILE = frozenset({"file-name", "unreadable"})
_MISPLACED = frozenset(
    {"above-key", "parent-line", "below", "collection", "alias", "hidden", "duplicate-key", "joined", "apart"}
)


class Mark(NamedTuple):
    """A marker that Flux acts on: `policy` is `namespace:name`, `part` is "", tag, name or digest.

    `text` is the value beside it, `line` and `column` where that begins; `typed` means a plain number, boolean or null.
    """

    policy: str
    part: str
    text: str
    line: int
    column: int
    typed: bool


class Lost(NamedTuple):
    """A comment that means to be a marker; `code` is the rule's."""

    code: str
    line: int
    column: int
    why: str


class Marks(NamedTuple):
    """`skipped` is why Flux passes over the whole file, "" where it does not; `first` is the place of the first one.

    `canonical` is true where the file is known to be in the form that Flux writes; `too_large` holds the number of
    characters of a file that is not looked at for its size.
    """

    seen: tuple[Mark, ...] = ()
    lost: tuple[Lost, ...] = ()
    skipped: str = ""
    first: tuple[int, int] = (0, 0)
    canonical: bool = False
    too_large: int = 0


def read_marks(path: str, text: str) -> Marks:
    """Every marker of a file, by line."""
    if MARKER_LIKE.search(text) is None:
        return Marks()
    by_line = marker_lines.read(text) if path.endswith((".yaml", ".yml")) else None
    if by_line is not None:
        return _canonical(by_line)
    if len(text) > MAX_CHARACTERS:
        return Marks(first=(1, 1), too_large=len(text))
    return _carefully(path, text)


def _canonical(by_line: list[marker_lines.Place]) -> Marks:
    return Marks(
        tuple(Mark(*mark) for mark in by_line), first=(by_line[0][3], 1) if by_line else (0, 0), canonical=True
    )


def _carefully(path: str, text: str) -> Marks:
    from buildtool.core.flux.setters import markers, skip_reason  # noqa: PLC0415 -- 30 ms, and most files are plain

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
