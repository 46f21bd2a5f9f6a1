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


PAGE = check_rules()["job-ttl"]


def test_text_with_the_page_says_what_the_rule_means_and_what_is_written_of_it_in_general() -> None:
    out = shown(formats.text([FINDING, NOWHERE], {}, {"job-ttl": PAGE}))
    assert f"  rule: {PAGE.title}\n  means: {PAGE.meaning}\n  why: the reason\n  fix: the fix\n" in out
    assert f"  why in general: {PAGE.reason}\n  fix in general: {PAGE.fix}" in out
    assert out.count("means: ") == 1


def test_the_page_does_not_repeat_what_the_finding_says() -> None:
    out = shown(formats.text([PAGE.at(PLACE, "m")], {}, {"job-ttl": PAGE}))
    assert "in general" not in out
    assert out.count(PAGE.fix) == 1


def test_the_page_in_the_other_forms() -> None:
    [finding] = formats.as_json([FINDING], formats.Counts(1), {"job-ttl": PAGE})["findings"]
    assert (finding["title"], finding["meaning"]) == (PAGE.title, PAGE.meaning)
    assert f"%0A{PAGE.meaning}%0A" in formats.github([FINDING], {"job-ttl": PAGE})[0]


def test_json_counts() -> None:
    document = formats.as_json([FINDING, NOWHERE], formats.Counts(7, 3, 2))
    assert (document["files"], document["errors"], document["warnings"]) == (7, 1, 1)
    assert (document["known"], document["gone"]) == (3, 2)
    assert [finding["docs"] for finding in document["findings"]] == [
        "docs/rules/job-ttl.md",
        "docs/rules/tag-not-taken.md",
    ]


def test_github_escapes_what_would_end_the_command() -> None:
    odd = Finding("job-ttl", Severity.NOTE, "100%\r\n::error::x", "r", "f", Place("a,b:c.yaml", 1))
    (line,) = formats.github([odd])
    assert line == "::notice file=a%2Cb%3Ac.yaml,line=1,title=buildtool job-ttl::100%25%0D%0A::error::x%0Ar%0Afix: f"


@pytest.mark.parametrize(
    ("findings", "words"),
    [([], "nothing found"), ([FINDING], "1 error, 0 warnings"), ([NOWHERE, NOWHERE], "0 errors, 2 warnings")],
)
def test_the_summary(findings: list[Finding], words: str) -> None:
    assert words in formats.summary(findings, 5)


@pytest.mark.parametrize(
    ("findings", "known", "words"),
    [
        ([], 1, "5 files checked, nothing new found; 1 finding of before left out"),
        ([FINDING], 2, "5 files checked: 1 error, 0 warnings; 2 findings of before left out"),
    ],
)
def test_the_summary_says_what_was_left_out(findings: list[Finding], known: int, words: str) -> None:
    assert formats.summary(findings, 5, known) == words


def test_what_a_baseline_no_longer_needs() -> None:
    assert formats.no_longer_needed(1).startswith("1 entry of the baseline is no longer needed")
    assert formats.no_longer_needed(3).startswith("3 entries of the baseline are no longer needed")
