"""Whether a file is in the form that Flux writes, and what is said about one that is not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildtool.core.flux.setters import TOKEN, flux_form, is_flux_form, is_read
from tests.core.flux.setters.cases import CASES
from tests.support.trees import committed

if TYPE_CHECKING:
    from tests.core.flux.setters.cases import Case

EXACT = """# what this is

apiVersion: v1
spec:
  image: "x" # c
  # two
  list:
    - a
    - b: 1
      c: {d: e}
"""


def test_the_exact_form_has_no_reasons() -> None:
    assert is_flux_form(EXACT) == []
    assert flux_form(EXACT) == EXACT


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (EXACT.replace("\n", "\r\n"), "Windows line ends (CRLF) become LF"),
        ("\ufeff" + EXACT, "the byte order mark is dropped"),
        ("---\n" + EXACT, "document markers"),
        (EXACT + "...\n", "document markers"),
        (EXACT.rstrip("\n"), "a line end is added"),
        (EXACT.replace("spec:", "\n\nspec:"), "blank lines are removed"),
        ("a: 1 # c\n# end\n", "blank lines are added"),
        ("a:\n    b:\n        c: 1\n", "lines are indented anew"),
        ("a: b \n", "trailing spaces are removed"),
        (EXACT.replace('"x" #', '"x"   #'), "runs of spaces"),
        (EXACT.replace("{d: e}", "{d: e }"), "quotes, comments or the layout of collections change, first in line 10"),
        (EXACT.replace('"x"', '"😀"'), "quotes, comments or the layout of collections change, first in line 5"),
    ],
)
def test_each_sort_of_change_is_named(text: str, reason: str) -> None:
    assert any(one.startswith(reason) for one in is_flux_form(text)), is_flux_form(text)


@pytest.mark.parametrize("case", [case for case in CASES if case.written], ids=lambda case: case.name)
def test_what_flux_wrote_is_in_its_form(case: Case) -> None:
    assert is_flux_form(case.written or "") == []


@pytest.mark.parametrize(
    "text", ["", "# only a comment\n", "- a\n", "a: {{{ b }}\n", "\t\n", "kind: List\nitems: [{kind: Pod}]\n"]
)
def test_files_that_flux_never_rewrites_have_no_form(text: str) -> None:
    assert is_flux_form(text) == []


KEYS = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
VALUES = st.recursive(
    st.one_of(st.integers(), st.booleans(), TEXT),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3), st.dictionaries(KEYS, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@given(value=st.dictionaries(KEYS.map("k".__add__), VALUES, min_size=1, max_size=4), flow=st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_form_is_reached_in_one_step_and_keeps_the_data(value: dict[str, object], *, flow: bool) -> None:
    import yaml  # noqa: PLC0415 -- the writer only of this test

    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow)
    form = flux_form(text)
    assert form is not None
    assert yaml.safe_load(form) == value
    assert flux_form(form) == form


def test_the_committed_files_with_markers_are_in_the_exact_form() -> None:
    """Flux's commits then change one line each."""
    checked = 0
    for path, data in committed().items():
        if is_read(path) and TOKEN.encode() in data and Path(path).parts[0] not in {"docs", "tests"}:
            assert is_flux_form(data.decode()) == [], path
            checked += 1
    assert checked >= 3
