"""SARIF: whole, with the pages of the rules, and fingerprints by which code scanning knows a finding again."""

from __future__ import annotations

from typing import Any

from buildtool.cli.sarif import document
from buildtool.errors.catalogue import check_rules
from buildtool.errors.findings import Finding, Place, Severity
from buildtool.usecases.check.run import Checked

PLACE = Place("apps/a b%.yaml", 3, 5)
FINDING = Finding("job-ttl", Severity.ERROR, "a job", "the reason", "the fix", PLACE)
NOWHERE = Finding("tag-not-taken", Severity.WARNING, "no place", "why", "how")


def run(*findings: Finding, lines: dict[Place, str] | None = None) -> dict[str, Any]:
    [one] = document(Checked(findings, 1, lines or {}), check_rules(), "1.2.3")["runs"]
    return dict(one)


def fingerprints(ran: dict[str, Any]) -> list[str]:
    return [result["partialFingerprints"]["buildtoolFinding/v1"] for result in ran["results"]]


def test_it_is_whole() -> None:
    ran = run(FINDING, NOWHERE)
    assert document(Checked((), 0, {}), {}, "1")["version"] == "2.1.0"
    assert [rule["id"] for rule in ran["tool"]["driver"]["rules"]] == ["job-ttl", "tag-not-taken"]
    first, second = ran["results"]
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "apps/a%20b%25.yaml"
    assert "region" not in second["locations"][0]["physicalLocation"]
    assert {result["level"] for result in ran["results"]} == {"error", "warning"}


def test_each_rule_brings_its_page() -> None:
    rule, page = run(FINDING)["tool"]["driver"]["rules"][0], check_rules()["job-ttl"]
    assert all(part in rule["help"]["text"] for part in (page.meaning, page.reason, page.fix))
    assert rule["shortDescription"]["text"] == page.title


def test_a_fingerprint_survives_moved_and_indented_lines() -> None:
    there = FINDING.place
    assert there is not None
    moved = Finding(FINDING.code, FINDING.severity, FINDING.message, "r", "f", Place(there.path, 40, 9))
    assert fingerprints(run(FINDING, lines={PLACE: "  ttl: 6"})) == fingerprints(
        run(moved, lines={Place(there.path, 40, 9): "      ttl:  6"})
    )


def test_equal_findings_have_fingerprints_of_their_own() -> None:
    assert len(set(fingerprints(run(FINDING, FINDING, NOWHERE)))) == 3
