from __future__ import annotations

import pytest

from buildtool.errors.findings import Finding, Place, Severity


@pytest.mark.parametrize(
    ("place", "shown"),
    [(Place("a.yaml"), "a.yaml"), (Place("a.yaml", 3), "a.yaml:3"), (Place("a.yaml", 3, 7), "a.yaml:3:7")],
)
def test_a_place_is_written_as_compilers_write_it(place: Place, shown: str) -> None:
    assert str(place) == shown


def test_places_are_in_the_order_of_path_line_and_column() -> None:
    ordered = [Place("a"), Place("a", 1, 9), Place("a", 2, 1), Place("a", 10), Place("b")]
    assert sorted({*ordered}) == ordered


@pytest.mark.parametrize(
    ("reason", "fix", "sentence", "warning"),
    [
        ("", "", "what", "what"),
        ("why.", "", "what: why", "what: why"),
        ("why.", "do it", "what: why", "what: why (do it)"),
        ("", "do it", "what", "what (do it)"),
    ],
)
def test_a_finding_in_one_line(reason: str, fix: str, sentence: str, warning: str) -> None:
    found = Finding("a-code", Severity.ERROR, "what", reason, fix)
    assert (found.sentence, found.warning) == (sentence, warning)
