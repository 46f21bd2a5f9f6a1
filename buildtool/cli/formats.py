"""Findings as text for people, JSON for programs, annotations for GitHub, and SARIF for code scanning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from buildtool.cli.output import Styled
from buildtool.core.text.printable import one_line, workflow_command
from buildtool.errors.findings import Place, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.errors.findings import Finding
    from buildtool.errors.pages import Rule

DOCS = "docs/rules"
_COLOR = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def text(findings: Sequence[Finding], lines: Mapping[Place, str]) -> list[str | Styled]:
    """Place, code and message; the offending line with a caret; why, and what to write instead."""
    blocks = [["\n\n" * bool(number), *_block(finding, lines)] for number, finding in enumerate(findings)]
    return [piece for block in blocks for piece in block]


def _block(finding: Finding, lines: Mapping[Place, str]) -> list[str | Styled]:
    place = f"{one_line(str(finding.place))}: " if finding.place else ""
    out = [f"[{finding.code}]: {one_line(finding.message)}"]
    line = lines.get(finding.place, "") if finding.place else ""
    if finding.place and line.strip():
        number = str(finding.place.line)
        shown = line.replace("\t", " ")
        out.append(f"  {number} | {shown}")
        if 0 < finding.place.column <= len(shown) + 1:
            out.append(f"  {' ' * len(number)} | {' ' * (finding.place.column - 1)}^")
    out += [f"  {name}: {value}" for name, value in (("why", finding.reason), ("fix", finding.fix)) if value]
    severity = Styled(finding.severity.value, _COLOR[finding.severity], bold=True)
    return [Styled(place, bold=True), severity, "\n".join(out)]


def as_json(findings: Sequence[Finding], files: int) -> dict[str, Any]:
    """One document: files, errors, warnings, findings (docs/json.md)."""
    return {
        "schema": "buildtool.check/v1",
        "files": files,
        "errors": _count(findings, Severity.ERROR),
        "warnings": _count(findings, Severity.WARNING),
        "findings": [_object(finding) for finding in findings],
    }


def _object(finding: Finding) -> dict[str, Any]:
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
    }


def github(findings: Sequence[Finding]) -> list[str]:
    """Workflow commands, which GitHub shows beside the lines of a pull request."""
    return [_command(finding) for finding in findings]


def _command(finding: Finding) -> str:
    place = finding.place or Place("")
    values = {"file": place.path, "line": place.line, "col": place.column, "title": f"buildtool {finding.code}"}
    message = "\n".join(part for part in (finding.message, finding.reason, f"fix: {finding.fix}") if part)
    return workflow_command(_GITHUB[finding.severity], values, message)


def sarif(findings: Sequence[Finding], rules: Mapping[str, Rule], version: str) -> dict[str, Any]:
    """SARIF 2.1.0, one run, with the rules that were broken."""
    codes = sorted({finding.code for finding in findings})
    driver = {
        "name": "buildtool",
        "semanticVersion": version,
        "rules": [_sarif_rule(code, rules) for code in codes],
    }
    results = [_sarif_result(finding, codes.index(finding.code)) for finding in findings]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _sarif_rule(code: str, rules: Mapping[str, Rule]) -> dict[str, Any]:
    rule = rules.get(code)
    if rule is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.meaning}\n{rule.reason}"},
        "help": {"text": rule.fix},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _sarif_result(finding: Finding, index: int) -> dict[str, Any]:
    place = finding.place or Place("buildtool.toml")
    region = {name: value for name, value in (("startLine", place.line), ("startColumn", place.column)) if value}
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.path), "uriBaseId": "%SRCROOT%"}}
    if region:
        location["region"] = region
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": f"{finding.message}\n{finding.reason}\nfix: {finding.fix}"},
        "locations": [{"physicalLocation": location}],
    }


def _uri(path: str) -> str:
    """A relative URI: everything but unreserved characters and / in percent form."""
    kept = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
    return "".join(chr(b) if b in kept else f"%{b:02X}" for b in path.encode("utf-8", errors="replace"))


def summary(findings: Sequence[Finding], files: int) -> str:
    errors, warnings = _count(findings, Severity.ERROR), _count(findings, Severity.WARNING)
    if not findings:
        return f"{files} files checked, nothing found"
    return f"{files} files checked: {errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"


def _count(findings: Sequence[Finding], severity: Severity) -> int:
    return sum(finding.severity is severity for finding in findings)
