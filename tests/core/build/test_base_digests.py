"""What moved among base images."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.base_digests import BaseDigests, Move, moves, moves_since, read_label

A, B, C = (f"sha256:{digit * 64}" for digit in "abc")
NOW = BaseDigests({"r.example/os:1": A, "docker.io/library/go:1": B})
DIGESTS = st.integers(0, 2**256 - 1).map(lambda number: f"sha256:{number:064x}")
REFERENCES = st.from_regex(r"[a-z]{1,5}\.example/[a-z]{1,5}:[0-9]", fullmatch=True)


@given(st.dictionaries(REFERENCES, DIGESTS))
def test_a_label_is_read_as_it_was_written(digests: dict[str, str]) -> None:
    label = BaseDigests(digests).label
    assert read_label(label) == digests
    assert moves(label, BaseDigests(digests)) == []


def test_what_is_no_entry_is_left_out() -> None:
    assert read_label(f"r.example/os:1@{A} x @ y@sha256:1 {B}") == {"r.example/os:1": A}


def test_moves() -> None:
    assert moves(f"r.example/os:1@{C} docker.io/library/go:1@{B}", NOW) == [Move("r.example/os:1", C, A)]
    assert moves(f"r.example/os:1@{A}", NOW) == [Move("docker.io/library/go:1", None, B)]
    assert str(Move("r.example/os:1", C, A)) == f"base r.example/os:1 moved: {C} -> {A}"
    assert "which one is in the published image is not known" in str(Move("r.example/os:1", None, A))
    assert Move("r", None, A).document() == {"reference": "r", "before": None, "after": A}


def test_one_making_of_the_same_inputs_and_bases_is_enough() -> None:
    old = f"r.example/os:1@{C} docker.io/library/go:1@{B}"
    assert moves_since((("i", old),), "i", NOW) == [Move("r.example/os:1", C, A)]
    assert moves_since((("i", old), ("i", NOW.label)), "i", NOW) == []
    assert moves_since((("j", NOW.label), ("i", old)), "i", NOW) == [Move("r.example/os:1", C, A)]
    assert moves_since((("j", old),), "i", NOW) == [Move("r.example/os:1", C, A)], "of other inputs: what is published"
