"""Flux's rules, case by case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.flux.setters import LatestImage, flux_form, markers, preview, skip_reason
from tests.core.flux.setters.cases import CASES, IMAGES

if TYPE_CHECKING:
    from tests.core.flux.setters.cases import Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_writes_what_flux_writes(case: Case) -> None:
    found = preview({"a.yaml": case.text}, IMAGES)
    assert found.errors == ()
    assert found.files.get("a.yaml") == case.written
    assert bool(found.skipped) == case.skipped


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_second_run_changes_nothing(case: Case) -> None:
    if case.written is not None:
        again = preview({"a.yaml": case.written}, IMAGES)
        assert (again.changes, again.files) == ((), {})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_views_of_one_file_agree(case: Case) -> None:
    """Markers said to be seen are those that change or are up to date; a skipped file has no form of Flux's own."""
    assert (skip_reason(case.text, "a.yaml") is not None) == case.skipped
    assert (flux_form(case.text) is None) == case.skipped
    seen = [marker for marker in markers(case.text, "a.yaml") if marker.seen]
    if case.written is not None:
        assert seen
    changes = preview({"a.yaml": case.text}, {**IMAGES, "ns:other": LatestImage("r.io/new", "1")}).changes
    places = {(marker.value_line, marker.value_column) for marker in seen}
    assert {(change.line, change.column) for change in changes} <= places


def test_a_change_points_at_the_old_value() -> None:
    text = 'a: 1\r\n---\r\nb:\r\n  - image: "old:1" # {"$imagepolicy": "ns:app"}\r\n'
    change = preview({"a.yaml": text}, IMAGES).changes[0]
    assert (change.line, change.column) == (4, 12)
    assert (change.old, change.new, change.setter) == ("old:1", "reg.io/team/app:v2.0.1", "ns:app")


def test_a_digest_joins_the_reference() -> None:
    digest = "sha256:" + "a" * 64
    text = 'i: x # {"$imagepolicy": "ns:app"}\nd: x # {"$imagepolicy": "ns:app:digest"}\n'
    new = preview({"a.yaml": text}, {"ns:app": LatestImage("r.io/app", "v1", digest)}).files["a.yaml"]
    assert f"i: r.io/app:v1@{digest} #" in new
    assert f"d: {digest} #" in new


def test_there_is_no_direction() -> None:
    text = 'i: r.io/app:v9 # {"$imagepolicy": "ns:app"}\n'
    assert "app:v1 #" in preview({"a.yaml": text}, {"ns:app": LatestImage("r.io/app", "v1")}).files["a.yaml"]


def test_values_that_are_up_to_date_are_still_quoted_when_the_file_is_rewritten() -> None:
    text = 'a: 1.10 # {"$imagepolicy": "ns:num:tag"}\nb: x # {"$imagepolicy": "ns:num:tag"}\n'
    found = preview({"a.yaml": text}, IMAGES)
    assert [change.old for change in found.changes] == ["x"]
    assert found.files["a.yaml"].startswith('a: "1.10" #')
