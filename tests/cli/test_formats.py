"""Findings in four forms; nothing that stands in a file can break out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.cli import formats
from buildtool.errors.catalogue import check_rules
from buildtool.errors.findings import Finding, Place, Severity

if TYPE_CHECKING:
    from buildtool.cli.output import Styled

PLACE = Place("apps/a b%.yaml", 3, 5)
FINDING = Finding("job-ttl", Severity.ERROR, "a job\nwith\x1b[31m two lines", "the reason", "the fix", PLACE)
NOWHERE = Finding("tag-not-taken", Severity.WARNING, "no place", "why", "how")


def shown(pieces: list[str | Styled]) -> str:
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def test_text_shows_the_line_under_a_caret() -> None:
    out = shown(formats.text([FINDING], {PLACE: "\tkey: value"}))
    assert "3 |  key: value" in out
    assert "  |     ^" in out
    assert "\x1b[31m two" not in out
    assert out.count("\n") == 4


def test_text_without_a_place_or_a_line() -> None:
    assert "no place" in shown(formats.text([NOWHERE], {}))
    assert "|" not in shown(formats.text([FINDING], {}))


def test_json_counts() -> None:
    document = formats.as_json([FINDING, NOWHERE], 7)
    assert (document["files"], document["errors"], document["warnings"]) == (7, 1, 1)
    assert [finding["docs"] for finding in document["findings"]] == [
        "docs/rules/job-ttl.md",
        "docs/rules/tag-not-taken.md",
    ]


def test_github_escapes_what_would_end_the_command() -> None:
    odd = Finding("job-ttl", Severity.NOTE, "100%\r\n::error::x", "r", "f", Place("a,b:c.yaml", 1))
    (line,) = formats.github([odd])
    assert line == "::notice file=a%2Cb%3Ac.yaml,line=1,title=buildtool job-ttl::100%25%0D%0A::error::x%0Ar%0Afix: f"


def test_sarif_is_whole() -> None:
    document = formats.sarif([FINDING, NOWHERE], check_rules(), "1.2.3")
    run = document["runs"][0]
    assert document["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["job-ttl", "tag-not-taken"]
    first, second = run["results"]
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "apps/a%20b%25.yaml"
    assert "region" not in second["locations"][0]["physicalLocation"]
    assert {result["level"] for result in run["results"]} == {"error", "warning"}


@pytest.mark.parametrize(
    ("findings", "words"),
    [([], "nothing found"), ([FINDING], "1 error, 0 warnings"), ([NOWHERE, NOWHERE], "0 errors, 2 warnings")],
)
def test_the_summary(findings: list[Finding], words: str) -> None:
    assert words in formats.summary(findings, 5)
