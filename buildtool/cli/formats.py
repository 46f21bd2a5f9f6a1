"""Findings as text for people, JSON for programs, and annotations for GitHub."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from buildtool.cli.output import Styled
from buildtool.core.text.printable import one_line, workflow_command
from buildtool.core.text.units import counted
from buildtool.errors.findings import Place, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.errors.findings import Finding
    from buildtool.errors.pages import Rule

DOCS = "docs/rules"
_NO_PAGES: Mapping[str, Rule] = MappingProxyType({})
_COLOR = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


class Counts(NamedTuple):
    """Files that were checked, findings left out because they were there before, entries no longer needed."""

    files: int
    known: int = 0
    gone: int = 0


def text(
    findings: Sequence[Finding], lines: Mapping[Place, str], pages: Mapping[str, Rule] = _NO_PAGES
) -> list[str | Styled]:
    """Place, code and message; the offending line with a caret; why, and what to write instead.

    With `pages` (rules by code) also what the rule means.
    """
    blocks = [
        ["\n\n" * bool(number), *_block(finding, lines, pages.get(finding.code))]
        for number, finding in enumerate(findings)
    ]
    return [piece for block in blocks for piece in block]


def _block(finding: Finding, lines: Mapping[Place, str], page: Rule | None) -> list[str | Styled]:
    place = f"{one_line(str(finding.place))}: " if finding.place else ""
    out = [f"[{finding.code}]: {one_line(finding.message)}"]
    line = lines.get(finding.place, "") if finding.place else ""
    if finding.place and line.strip():
        number = str(finding.place.line)
        shown = line.replace("\t", " ")
        out.append(f"  {number} | {shown}")
        if 0 < finding.place.column <= len(shown) + 1:
            out.append(f"  {' ' * len(number)} | {' ' * (finding.place.column - 1)}^")
    out += [f"  {name}: {value}" for name, value in _paragraphs(finding, page) if value]
    severity = Styled(finding.severity.value, _COLOR[finding.severity], bold=True)
    return [Styled(place, bold=True), severity, "\n".join(out)]


def _paragraphs(finding: Finding, page: Rule | None) -> list[tuple[str, str]]:
    """Why and how to mend it; around them, of the rule's page, what the words of the finding do not say."""
    own = [("why", finding.reason), ("fix", finding.fix)]
    if page is None:
        return own
    general = [("why", page.reason), ("fix", page.fix)]
    rest = [(f"{name} in general", value) for name, value in general if (name, value) not in own]
    return [("rule", page.title), ("means", page.meaning), *own, *rest]


def as_json(findings: Sequence[Finding], counts: Counts, pages: Mapping[str, Rule] = _NO_PAGES) -> dict[str, Any]:
    """One document: counts and findings (docs/json.md); with `pages` each has the title and meaning of its rule."""
    return {
        "schema": "buildtool.check/v1",
        **counts._asdict(),
        "errors": _count(findings, Severity.ERROR),
        "warnings": _count(findings, Severity.WARNING),
        "findings": [_object(finding, pages.get(finding.code)) for finding in findings],
    }


def _object(finding: Finding, page: Rule | None) -> dict[str, Any]:
    place = finding.place or Place("")
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "message": finding.message,
        "reason": finding.reason,
        "fix": finding.fix,
        "docs": f"{DOCS}/{finding.code}.md",
        **({"title": page.title, "meaning": page.meaning} if page is not None else {}),
    }


def github(findings: Sequence[Finding], pages: Mapping[str, Rule] = _NO_PAGES) -> list[str]:
    """Workflow commands, which GitHub shows beside the lines of a pull request."""
    return [_command(finding, pages.get(finding.code)) for finding in findings]


def _command(finding: Finding, page: Rule | None) -> str:
    place = finding.place or Place("")
    values = {"file": place.path, "line": place.line, "col": place.column, "title": f"buildtool {finding.code}"}
    meaning = page.meaning if page is not None else ""
    message = "\n".join(part for part in (finding.message, meaning, finding.reason, f"fix: {finding.fix}") if part)
    return workflow_command(_GITHUB[finding.severity], values, message)


def summary(findings: Sequence[Finding], files: int, known: int = 0) -> str:
    """`known` findings were there before and are not shown."""
    errors, warnings = _count(findings, Severity.ERROR), _count(findings, Severity.WARNING)
    before = f"; {counted(known, 'finding')} of before left out" if known else ""
    if not findings:
        return f"{counted(files, 'file')} checked, nothing {'new ' if known else ''}found{before}"
    return f"{counted(files, 'file')} checked: {counted(errors, 'error')}, {counted(warnings, 'warning')}{before}"


def no_longer_needed(entries: int) -> str:
    """A baseline that can be made smaller."""
    are = "entry of the baseline is" if entries == 1 else "entries of the baseline are"
    return f"{entries} {are} no longer needed: write it again with --write-baseline"


def _count(findings: Sequence[Finding], severity: Severity) -> int:
    return sum(finding.severity is severity for finding in findings)
