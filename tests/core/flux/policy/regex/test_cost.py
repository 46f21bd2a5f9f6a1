"""How many steps a backtracking engine may need: an upper bound, and no bound where there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.policy.regex.cost import Cost, NotLinear, cost
from buildtool.core.flux.policy.regex.parser import parse


def bound(pattern: str) -> Cost | None:
    """None where there is no bound."""
    try:
        return cost(parse(pattern))
    except NotLinear:
        return None


@pytest.mark.parametrize(
    ("pattern", "power"),
    [
        ("^main-[a-f0-9]{7}-[0-9]{10}$", 0),
        ("^abc", 0),
        ("^(?:main|dev)-x$", 0),
        ("abc", 1),
        ("^a*b$", 0),
        ("^a*a$", 1),
        ("^.*-.*-x$", 2),
        (".*-x", 2),
        ("^[a-z]*[a-z]*$", 1),
        ("^a?a?a?$", 0),
    ],
)
def test_the_power_of_the_length(pattern: str, power: int) -> None:
    found = bound(pattern)
    assert found is not None
    assert found.power == power


@pytest.mark.parametrize(
    "pattern", ["^(a*)*$", "^(a|a)*$", "^(a|ab)*$", "^(?:a*a)*$", "^(a?)*$", r"^(?:\ba)*$", "^(x+x+)+y$"]
)
def test_what_may_never_end(pattern: str) -> None:
    assert bound(pattern) is None


@pytest.mark.parametrize(
    ("one", "budget", "longest"),
    [
        (Cost(), 10, 4096),
        (Cost(2), 1, 0),
        (Cost(1, 1), 1000, 1000),
        (Cost(10, 1), 1000, 100),
        (Cost(1, 2), 10_000, 100),
        (Cost(1, 2), 1_000, 0),
        (Cost(1, 1), 10**9, 4096),
        (Cost(1, 3), 1_001_000, 100),
    ],
)
def test_the_longest_text_within_a_budget(one: Cost, budget: int, longest: int) -> None:
    assert one.longest(budget) == longest


COSTS = st.builds(Cost, st.integers(1, 50), st.integers(0, 4))


@given(COSTS, COSTS, COSTS)
def test_costs_multiply(one: Cost, two: Cost, three: Cost) -> None:
    assert one * two == two * one
    assert (one * two) * three == one * (two * three)
    assert one * Cost() == one


@given(COSTS, COSTS, st.integers(1, 10**8))
def test_what_costs_more_is_tried_on_shorter_texts(one: Cost, two: Cost, budget: int) -> None:
    assert (one * two).longest(budget) <= one.longest(budget)
    assert one.longest(budget) <= one.longest(budget * 2)
