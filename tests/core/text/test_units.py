from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.text.units import age, counted, date, size


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (17_700_000, "17.7 MB"),
        (2.5e9, "2.5 GB"),
        (9e12, "9000.0 GB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (999_999_999, "1.0 GB"),
    ],
)
def test_sizes(count: float, shown: str) -> None:
    assert size(count) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-5, "0 s"), (0, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h"), (86_400 * 30, "30 d")],
)
def test_ages(seconds: int, shown: str) -> None:
    assert age(seconds) == shown


@pytest.mark.parametrize(("count", "text"), [(0, "0 tags"), (1, "1 tag"), (2, "2 tags")])
def test_counted(count: int, text: str) -> None:
    assert counted(count, "tag") == text


@given(st.integers(0, 10**12))
def test_a_size_has_at_most_three_digits_before_the_point(count: int) -> None:
    number, unit = size(count).split()
    assert float(number) < 1000 or unit == "GB"
    assert size(count).split() == [number, unit]


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_older_is_never_shown_as_younger(one: int, other: int) -> None:
    lengths = {"s": 1, "min": 60, "h": 3600, "d": 86_400}

    def shown(seconds: int) -> int:
        number, unit = age(seconds).split()
        return int(number) * lengths[unit]

    if one <= other:
        assert shown(one) <= shown(other)
    assert shown(one) <= one


@pytest.mark.parametrize(
    ("seconds", "moment"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1_707_300_000, datetime(2024, 2, 7, 10, tzinfo=UTC)),
        (253_402_300_799, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (253_402_300_800, None),
        (1_707_300_000_000, None),
        (10**18, None),
        (-1, None),
    ],
)
def test_dates(seconds: int, moment: datetime | None) -> None:
    """Of a tag: its number may be anything."""
    assert date(seconds) == moment
