from __future__ import annotations

import pytest

from buildtool.core.flux.lint.suppress import apply, read
from buildtool.errors.findings import Finding, Place, Severity

CODES = {"job-ttl", "secret-plain"}


def left(text: str, *found: tuple[str, int]) -> list[tuple[str, int]]:
    """What is left of findings (code, line) in a file with this text."""
    findings = [Finding(code, Severity.ERROR, "m", "r", "f", Place("a.yaml", line, 1)) for code, line in found]
    kept = apply(findings, {"a.yaml": read("a.yaml", text)}, CODES)
    return [(finding.code, finding.place.line) for finding in kept if finding.place]


@pytest.mark.parametrize(
    "text",
    [
        "a: 1 # buildtool: ignore[job-ttl] applied by hand\n",
        "a: 1 # buildtool:ignore[job-ttl]: applied by hand\n",
        "a: 1 # buildtool: ignore[secret-plain, job-ttl] applied by hand\n",
        "a: 1\n# buildtool: ignore-file[job-ttl] applied by hand\n",
    ],
)
def test_a_finding_on_the_line_or_in_the_file(text: str) -> None:
    assert left(text, ("job-ttl", 1)) == []


def test_a_comment_above_speaks_of_the_next_line_that_is_no_comment() -> None:
    text = "# buildtool: ignore[job-ttl] applied by hand\n# another comment\na: 1\nb: 1\n"
    assert left(text, ("job-ttl", 3), ("job-ttl", 4)) == [("job-ttl", 4)]


def test_another_rule_on_the_same_line_is_still_found() -> None:
    text = "a: 1 # buildtool: ignore[job-ttl] why\n"
    assert left(text, ("job-ttl", 1), ("secret-plain", 1)) == [("secret-plain", 1)]


def test_without_a_reason_both_are_found() -> None:
    assert left("a: 1 # buildtool: ignore[job-ttl]\n", ("job-ttl", 1)) == [
        ("job-ttl", 1),
        ("ignore-without-reason", 1),
    ]


def test_what_suppresses_nothing_is_found() -> None:
    assert left("a: 1 # buildtool: ignore[job-ttl] why\n") == [("ignore-unused", 1)]
    assert left("a: 1 # buildtool: ignore[no-such] why\n") == [("ignore-unknown-code", 1)]
    assert left("a: 1 # buildtool: ignore why\n") == [("ignore-unknown-code", 1)]
    assert left("a: 1 # buildtool: ignore[] why\n") == [("ignore-unknown-code", 1)]
