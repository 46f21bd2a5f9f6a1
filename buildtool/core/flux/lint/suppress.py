"""`# buildtool: ignore[code, …] reason`: on the line itself, or on a line of its own above it; always with a reason.

`# buildtool: ignore-file[code] reason` anywhere in a file holds for all of it. Marker lines take no other comment, so
for those only the line above will do. A JSON file has no comments and cannot suppress.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.errors.findings import Place
from buildtool.errors.rules_suppress import NO_REASON, UNKNOWN, UNUSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from buildtool.errors.findings import Finding


_IGNORE = re.compile(r"#\s*buildtool:\s*ignore(?P<file>-file)?(?:\[(?P<codes>[^\]\n]*)\])?(?P<reason>[^\n]*)")


@dataclass(slots=True)
class Ignore:
    """`line` is where it stands, `target` the line it speaks of; 0 for the whole file."""

    path: str
    line: int
    column: int
    target: int
    codes: frozenset[str]
    reason: str
    used: bool = False


def read(path: str, text: str) -> list[Ignore]:
    """Every suppression of a text."""
    if _IGNORE.search(text) is None:
        return []
    found = []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        match = _IGNORE.search(line)
        if match is None:
            continue
        codes = frozenset(code.strip() for code in (match["codes"] or "").split(",") if code.strip())
        target = 0 if match["file"] else _target(lines, number, match.start())
        found.append(Ignore(path, number, match.start() + 1, target, codes, match["reason"].strip(" \t\r:-")))
    return found


def _target(lines: list[str], number: int, start: int) -> int:
    """The same line, or, for a comment alone on its line, the next that is not a comment."""
    if lines[number - 1][:start].strip():
        return number
    target = number + 1
    while target <= len(lines) and lines[target - 1].lstrip().startswith("#"):
        target += 1
    return target


def apply(findings: Iterable[Finding], ignores: Mapping[str, list[Ignore]], known: Iterable[str]) -> Iterator[Finding]:
    """The findings that nobody suppressed, and those about the suppressions themselves."""
    for finding in findings:
        matching = [i for i in ignores.get(finding.place.path if finding.place else "", []) if _covers(i, finding)]
        for ignore in matching:
            ignore.used = True
        if not any(ignore.reason for ignore in matching):
            yield finding
    codes = frozenset(known)
    for ignore in (ignore for path in sorted(ignores) for ignore in ignores[path]):
        yield from _about(ignore, codes)


def _covers(ignore: Ignore, finding: Finding) -> bool:
    """A marker's finding may also be suppressed above the marker, whatever column it names."""
    line = finding.place.line if finding.place else 0
    return finding.code in ignore.codes and ignore.target in (0, line)


def _about(ignore: Ignore, known: frozenset[str]) -> Iterator[Finding]:
    place = Place(ignore.path, ignore.line, ignore.column)
    if not ignore.codes:
        yield UNKNOWN.at(place, "the comment names no code", fix="name the codes: # buildtool: ignore[code] the reason")
        return
    unknown = sorted(ignore.codes - known)
    if unknown:
        yield UNKNOWN.at(place, f"there is no rule {', '.join(unknown)}")
    elif not ignore.reason:
        yield NO_REASON.at(place, f"no reason for {', '.join(sorted(ignore.codes))}")
    elif not ignore.used:
        yield UNUSED.at(place, f"no finding of {', '.join(sorted(ignore.codes))} here")
