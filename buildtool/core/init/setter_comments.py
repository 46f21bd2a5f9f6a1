"""Put setter markers beside values of a YAML file, and change nothing else; what cannot be written exactly is refused.

The result is read again as Flux reads it: a marker that Flux would not act on is not written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.lint.marker_scan import MAX_CHARACTERS
from buildtool.core.flux.marker_name import TOKEN
from buildtool.core.flux.setters.visibility import markers
from buildtool.core.init.found import ByHand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.flux.setters.changes import Marker
    from buildtool.core.init.found import Slot


def comment(policy: str, part: str) -> str:
    """The comment that makes Flux write a value, as Flux's documentation has it; `part` is "", tag or name."""
    return f'# {{{TOKEN}: "{policy}{f":{part}" if part else ""}"}}'


class WantedMarker(NamedTuple):
    """A value that shall be written from the policy `namespace:name`."""

    slot: Slot
    policy: str

    @property
    def comment(self) -> str:
        return comment(self.policy, self.slot.part)


class Commented(NamedTuple):
    """The text with the markers, and those that could not be put in."""

    text: str
    refused: tuple[ByHand, ...]


def with_markers(path: str, text: str, wanted: Sequence[WantedMarker]) -> Commented:
    """The text with each marker behind its value. Values that have a marker already are left as they are."""
    if len(text) > MAX_CHARACTERS:
        return Commented(text, tuple(_by_hand(path, one, _TOO_LARGE) for one in wanted))
    there = _by_line(path, text)
    new, refused = text, []
    for one in sorted(set(wanted), key=lambda one: (one.slot.line, one.slot.end_column), reverse=True):
        if _marker_of(there, one) is not None:
            continue
        changed = _put(new, one)
        why_not = changed.why_not or _unread(path, changed.text, one)
        if why_not:
            refused.append(_by_hand(path, one, why_not))
        else:
            new = changed.text
    return Commented(new, tuple(reversed(refused)))


class _Put(NamedTuple):
    text: str
    why_not: str = ""


_TOO_LARGE = f"the file has more than {MAX_CHARACTERS:,} characters"
_SEVERAL_LINES = "the value goes over several lines"
_COMMENT = "another comment stands beside the value, and there is room for one"
_OTHER_TEXT = "something else stands behind the value"
_ELSEWHERE = "the lines of the file are counted in another way by the reader of YAML"


def _put(text: str, one: WantedMarker) -> _Put:
    slot = one.slot
    if slot.why_not:
        return _Put(text, slot.why_not)
    if slot.line != slot.end_line:
        return _Put(text, _SEVERAL_LINES)
    lines = text.split("\n")
    if slot.line > len(lines):
        return _Put(text, _ELSEWHERE)
    line = lines[slot.line - 1]
    end = "\r" if line.endswith("\r") else ""
    before, behind = line[: slot.end_column - 1], line[slot.end_column - 1 :].removesuffix("\r")
    if behind.strip():
        return _Put(text, _COMMENT if behind.lstrip().startswith("#") else _OTHER_TEXT)
    lines[slot.line - 1] = f"{before} {one.comment}{behind}{end}"
    return _Put("\n".join(lines))


def _unread(path: str, text: str, one: WantedMarker) -> str:
    """Why Flux would not act on the marker that was put in, "" where it does."""
    found = _marker_of(_by_line(path, text), one)
    if found is None:
        return _ELSEWHERE
    part = f":{one.slot.part}" if one.slot.part else ""
    if found.seen and not found.problem and found.setter == f"{one.policy}{part}":
        return ""
    return found.reason or _ELSEWHERE


def _by_line(path: str, text: str) -> dict[int, list[Marker]]:
    """The markers of each line: that of the value they write, or where they write none their own."""
    found: dict[int, list[Marker]] = {}
    for marker in markers(text, path):
        found.setdefault(marker.value_line or marker.line, []).append(marker)
    return found


def _marker_of(found: dict[int, list[Marker]], one: WantedMarker) -> Marker | None:
    return next(iter(found.get(one.slot.line, ())), None)


def _by_hand(path: str, one: WantedMarker, reason: str) -> ByHand:
    return ByHand(f"{path}:{one.slot.line}", reason, one.comment)
