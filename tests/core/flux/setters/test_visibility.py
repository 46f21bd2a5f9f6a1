"""Markers: which Flux sees, and the word for why it does not see another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.flux.setters import markers, skip_reason

if TYPE_CHECKING:
    from buildtool.core.flux.setters import Marker

GOOD = '# {"$imagepolicy": "ns:app:tag"}'
TAIL = f"end: x {GOOD}\n"  # so that the file holds the token


def only(text: str, path: str = "a.yaml") -> Marker:
    """The first marker of a file that ends with a good one."""
    return markers(text + TAIL, path)[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"spec:\n  {GOOD}\n  image: x\n", "above-key"),
        (f"spec: {GOOD}\n  image: x\n", "parent-line"),
        (f"image: {GOOD}\n", "empty-value"),
        (f"spec:\n  image: x\n  {GOOD}\n", "below"),
        (f"a: [x, y] {GOOD}\n", "collection"),
        (f"a: &x y\nb: *x {GOOD}\n", "alias"),
        (f"a:\n  {GOOD}\n  - x # c\n", "hidden"),
        (f"a: 1\na: x {GOOD}\n", "duplicate-key"),
        (f"a:\n  # c\n  {GOOD}\n  - x\n", "joined"),
        (f"{GOOD}\n\na: 1\n", "apart"),
        ('a: x # see {"$imagepolicy": "ns:app"}\n', "extra-text"),
        (f'a: "\\/" {GOOD}\n', "unreadable"),
        (f"a: [!x,]\nb: x {GOOD}\n", "unreadable"),
        (f"a: [http://x.example/?q=1]\nb: x {GOOD}\n", "unreadable"),
        ("a: x # {'$imagepolicy': 'ns:app'}\n", "single-quotes"),
        ('a: x # {"$ImagePolicy": "ns:app"}\n', "key-case"),
        ('a: x # {"imagepolicy": "ns:app"}\n', "key-case"),
        ('a: x # {"$imagepolicy": "ns:app", "n": 1}\n', "not-strings"),
        ('a: x # {"$imagepolicy": "ns:app"\n', "bad-json"),
        ('a: x # {"$imagepolicy": "ns:app:version"}\n', "setter-suffix"),
        ('a: x # {"$imagepolicy": "ns/app"}\n', "setter-slash"),
        ('a: x # {"$imagepolicy": "app"}\n', "setter-namespace"),
        ('a: x # {"$imagepolicy": "ns: app"}\n', "setter-spaces"),
        ('a: x # {"$imagepolicy": "ns:App"}\n', "setter-name"),
    ],
)  # fmt: skip
def test_unseen_markers_are_named(text: str, problem: str) -> None:
    marker = only(text)
    assert (marker.seen, marker.problem) == (False, problem)
    assert marker.reason


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"a: !!float main-1 {GOOD}\n", "typed-value"),
        (f'a: !!int "1" {GOOD}\n', "typed-value"),
        (f"a: !!str 1.0 {GOOD}\n", ""),
        (f"a: !own 1.0 {GOOD}\n", ""),
        (f'a: "it\\\'s" {GOOD}\n', ""),
    ],
)
def test_a_type_that_flux_keeps_is_a_problem_of_a_marker_that_is_seen(text: str, problem: str) -> None:
    marker = only(text)
    assert (marker.seen, marker.problem) == (True, problem)


@pytest.mark.parametrize(
    "text",
    [f"a: x {GOOD}\n", f"a:\n{GOOD}\n- x\n", f"a:\n  x {GOOD}\n", f"a: [\n  x, {GOOD}\n  y]\n", f"a: | {GOOD}\n  x\n"],
)
def test_seen_markers_have_their_value(text: str) -> None:
    marker = only(text)
    assert (marker.seen, marker.problem) == (True, "")
    assert (marker.value or "").strip() == "x"
    assert marker.setter == "ns:app:tag"


def test_places_count_from_one() -> None:
    marker = only(f"spec:\n  image: 'x'  {GOOD}\n")
    assert (marker.line, marker.column) == (2, 15)
    assert (marker.value, marker.value_line, marker.value_column, marker.style) == ("x", 2, 10, "'")


def test_places_in_later_documents() -> None:
    marker = markers(f"a: 1\n---\n---\n# c\nb: x {GOOD}\n", "a.yaml")[0]
    assert (marker.line, marker.column, marker.value_line, marker.value_column) == (5, 6, 5, 4)


def test_a_typed_value_is_seen_and_a_problem() -> None:
    marker = only(f"a: 1.0 {GOOD}\n")
    assert (marker.seen, marker.problem, marker.style) == (True, "typed-value", "typed")
    assert "!!float" in marker.reason


def test_an_unseen_marker_knows_the_value_beside_it() -> None:
    assert only(f"spec:\n  {GOOD}\n  image: 'x'\n").value == "x"
    assert only('a: y # see {"$imagepolicy": "ns:app"}\n').value == "y"  # fmt: skip
    assert only(f"spec: {GOOD}\n  image: x\n").value is None


def test_a_file_that_flux_does_not_read() -> None:
    assert only(f"a: x {GOOD}\n", "a.env").problem == "file-name"
    assert skip_reason(f"a: x {GOOD}\n", "a.env") is not None


def test_a_file_that_does_not_parse() -> None:
    text = f"a: x {GOOD}\n\tb: 1\n"
    assert [marker.problem for marker in markers(text, "a.yaml")] == ["unreadable"]
    skipped = skip_reason(text, "a.yaml")
    assert skipped is not None
    assert skipped.line == 2


def test_markers_of_documents_that_hold_nothing() -> None:
    assert [marker.problem for marker in markers(f"{GOOD}\n", "a.yaml")] == ["apart"]


def test_text_that_looks_like_a_marker_inside_a_value_is_none() -> None:
    text = 'a: |\n  # {"$imagepolicy": "ns:app"}\nb: "# {\\"$imagepolicy\\": 1}"\n'
    assert markers(text, "a.yaml") == []


def test_prose_about_image_policies_is_no_marker() -> None:
    assert markers("# the ImagePolicy decides\na: 1 # imagepolicy\n", "a.yaml") == []


def test_markers_in_a_list_are_found() -> None:
    text = f"kind: List\nitems:\n- kind: Pod\n  image: x {GOOD}\n- kind: Pod\n  image: 'y' {GOOD}\n"
    assert [(marker.seen, marker.value) for marker in markers(text, "a.yaml")] == [(True, "x"), (True, "y")]
