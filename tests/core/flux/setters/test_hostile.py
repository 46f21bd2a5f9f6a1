"""Texts made to crash or stall a reader end in a reason."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildtool.core.flux.setters import LatestImage, is_flux_form, markers, preview, skip_reason
from buildtool.core.flux.setters.tokenizer import MAX_DEPTH

MARKED = 'zz: x # {"$imagepolicy": "ns:app"}\n'
IMAGES = {"ns:app": LatestImage("reg.io/app", "v1")}

SKIPPED = {
    "flow nesting": MARKED + "a: " + "[" * 100_000,
    "mapping nesting": MARKED + "a: " + "{a: " * 50_000,
    "block nesting": MARKED + "".join(" " * depth + "a:\n" for depth in range(500)),
    "dashes": MARKED + "a:\n" + "- " * 50_000,
    "question marks": MARKED + "? " * 50_000,
    "too large": MARKED + "a: b\n" * 1_000_000,
    "too many tokens": MARKED + "a: [" + "x, " * 60_000 + "]\n",
    "a NUL": MARKED + "a: \0\n",
    "a lone surrogate": MARKED + "a: \ud800\n",
    "a tab": MARKED + "\ta: b\n",
    "an open quote": MARKED + 'a: "' + "x " * 100_000,
    "an open bracket": MARKED + "a: [\n" * 3,
}


@pytest.mark.parametrize("text", SKIPPED.values(), ids=SKIPPED)
def test_it_is_skipped_with_a_reason(text: str) -> None:
    found = preview({"a.yaml": text}, IMAGES)
    assert found.errors == ()
    assert [one.path for one in found.skipped] == ["a.yaml"]
    assert found.skipped[0].reason
    assert skip_reason(text, "a.yaml") == found.skipped[0]
    assert is_flux_form(text) == []
    markers(text, "a.yaml")


@pytest.mark.parametrize("depth", [MAX_DEPTH, 999, 1_001, 1_025, 20_000])
@pytest.mark.parametrize("bracket", ["[", "{", "[{"])
def test_our_own_bound_decides_before_the_librarys(bracket: str, depth: int) -> None:
    found = skip_reason(MARKED + "a: " + bracket * depth, "a.yaml")
    assert found is not None
    assert f"nested more than {MAX_DEPTH} levels deep" in found.reason


BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
READ = {
    "aliases of aliases": MARKED + BOMB,
    "one long comment": MARKED + "#" + "x" * 500_000,
    "one long line": MARKED + "a: " + "x" * 500_000,
    "blank lines": MARKED + "\n" * 300_000,
    "blanks": MARKED + " " * 300_000 + "\n",
    "a long number": MARKED + "a: " + "1" * 300_000 + "\n",
    "separators": MARKED + "---\n" * 20_000,
    "documents": (MARKED + "---\n") * 1_000,
    "repeated keys": MARKED + "a: b\n" * 5_000,
    "hashes": MARKED + "# " * 200_000,
    "marker of brackets": 'zz: x # {"$imagepolicy": ' + "[" * 100_000 + "\n" + MARKED.replace("zz", "yy"),
    "breaks of other kinds": MARKED + "a: b\u2028c: d\x85" * 500,
}  # fmt: skip


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_it_is_read(text: str) -> None:
    found = preview({"a.yaml": text}, IMAGES)
    assert (found.errors, found.skipped) == ((), ())
    assert {change.new for change in found.changes} == {"reg.io/app:v1"}
    assert any(marker.seen for marker in markers(text, "a.yaml"))


LINES = st.sampled_from(
    ["a:", "  b: c", "- d", "  - e: f", "#", "# c", "", " ", "---", "...", "g: [", "h,", "]", "i: {j: k}", "l: |",
     "  m", "n: *o", "p: &o q", "r: !s t", "'u", '"v', "? w", ": x", MARKED.strip(), "  y: z " + MARKED[6:].strip()]
)  # fmt: skip


@given(text=st.one_of(st.lists(LINES, max_size=14).map("\n".join), st.text(max_size=60)))
@settings(max_examples=400, deadline=None)
def test_no_text_raises(text: str) -> None:
    found = preview({"a.yaml": MARKED + text}, IMAGES)
    assert found.errors or found.skipped or found.changes
    markers(MARKED + text, "a.yaml")
    is_flux_form(MARKED + text)
