from __future__ import annotations

import pytest

from buildtool.core.text.units import age, counted, size


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (17_700_000, "17.7 MB"), (2.5e9, "2.5 GB"), (9e12, "9000.0 GB")],
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
