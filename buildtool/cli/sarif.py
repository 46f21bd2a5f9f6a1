"""Findings as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from buildtool.errors.findings import Place
from buildtool.usecases.check.identity import fingerprints
from buildtool.usecases.check.known import identities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.errors.findings import Finding
    from buildtool.errors.pages import Rule
    from buildtool.usecases.check.run import Checked

# code scanning knows a finding again by this, after lines have moved
_FINGERPRINT = "buildtoolFinding/v1"


def document(checked: Checked, rules: Mapping[str, Rule], version: str) -> dict[str, Any]:
    """One run, with the rules that were broken."""
    findings = checked.findings
    codes = sorted({finding.code for finding in findings})
    driver = {
        "name": "buildtool",
        "semanticVersion": version,
        "rules": [_rule(code, rules) for code in codes],
    }
    results = [
        _result(finding, codes.index(finding.code), fingerprint)
        for finding, fingerprint in zip(findings, fingerprints(identities(checked)), strict=True)
    ]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(code: str, rules: Mapping[str, Rule]) -> dict[str, Any]:
    rule = rules.get(code)
    if rule is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.meaning}\n{rule.reason}"},
        "help": {"text": f"What it means: {rule.meaning}\n\nWhy it matters: {rule.reason}\n\nFix: {rule.fix}"},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(finding: Finding, index: int, fingerprint: str) -> dict[str, Any]:
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
        "partialFingerprints": {_FINGERPRINT: fingerprint},
    }


def _uri(path: str) -> str:
    """A relative URI: everything but unreserved characters and / in percent form."""
    kept = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
    return "".join(chr(b) if b in kept else f"%{b:02X}" for b in path.encode("utf-8", errors="replace"))
