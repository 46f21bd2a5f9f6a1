"""`possible` against Flux's own loops, run here over every order that a Go map can give."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from buildtool.core.flux.policy import select
from buildtool.core.flux.policy.numbers import parse_float
from tests.core.flux.policy.support import policy

if TYPE_CHECKING:
    from collections.abc import Sequence

NUMBERS = ["1", "01", "1.0", "2", "-0", "0", "nan", "inf", "1e400", "x", "9007199254740992", "9007199254740993"]
TAGS = st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=5)


def _latest(texts: Sequence[str], *, descending: bool) -> str | None:
    """The loop of image-reflector-controller's numerical policy."""
    latest, best = None, 0.0
    for number, text in enumerate(texts):
        value = parse_float(text)
        if value is None:
            return None
        if number and (value > best if descending else value < best):
            continue
        latest, best = text, value
    return latest


@settings(max_examples=300, deadline=None)
@given(tags=TAGS, descending=st.booleans())
def test_with_a_filter_every_order_and_no_more(tags: list[str], descending: bool) -> None:  # noqa: FBT001 -- hypothesis
    found = select(policy(".*", numerical="desc" if descending else "asc"), tags)
    reachable = {_latest(order, descending=descending) for order in permutations(sorted(set(tags)))}
    assert set(found.possible) == reachable - {None}
    assert (found.error is not None) == (None in reachable)


@settings(max_examples=300, deadline=None)
@given(tags=TAGS, descending=st.booleans())
def test_without_a_filter_the_stored_order(tags: list[str], descending: bool) -> None:  # noqa: FBT001 -- hypothesis
    found = select(policy(numerical="desc" if descending else "asc"), tags)
    assert found.winner == _latest(sorted(tags, reverse=True), descending=descending)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet="ab01", min_size=1, max_size=3), min_size=1, max_size=6))
def test_collapse_of_equal_extracts(tags: list[str]) -> None:
    """A map filled in descending byte order: of equal texts the last one written stays."""
    stored = {tag[:1]: tag for tag in sorted(tags, reverse=True)}
    found = select(policy("^.", "$0", alphabetical="asc"), tags)
    assert found.winner == stored[max(stored)]
