from __future__ import annotations

import pytest

from buildtool.errors.findings import Place


@pytest.mark.parametrize(
    ("place", "shown"),
    [(Place("a.yaml"), "a.yaml"), (Place("a.yaml", 3), "a.yaml:3"), (Place("a.yaml", 3, 7), "a.yaml:3:7")],
)
def test_a_place_is_written_as_compilers_write_it(place: Place, shown: str) -> None:
    assert str(place) == shown


def test_places_are_in_the_order_of_path_line_and_column() -> None:
    ordered = [Place("a"), Place("a", 1, 9), Place("a", 2, 1), Place("a", 10), Place("b")]
    assert sorted({*ordered}) == ordered
