"""Durations: whole seconds, or a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.text.durations import LONGEST, seconds


@pytest.mark.parametrize(
    ("text", "count"), [("90s", 90), ("90", 90), ("10m", 600), ("1h30m", 5400), ("1h1m1s", 3661), ("24h", LONGEST)]
)
def test_durations(text: str, count: int) -> None:
    assert seconds(text) == count


@pytest.mark.parametrize(
    "text", ["", "0", "0s", "-1", "1d", "1.5h", "m", "10 m", "25h", "9999m", "1s1h", "web", "\u0661"]
)
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="write a duration"):
        seconds(text)


@given(st.integers(0, 23), st.integers(0, 59), st.integers(1, 59))
def test_the_parts_add_up(hours: int, minutes: int, rest: int) -> None:
    assert seconds(f"{hours}h{minutes}m{rest}s") == (hours * 60 + minutes) * 60 + rest
