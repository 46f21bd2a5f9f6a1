from __future__ import annotations

from datetime import UTC, datetime

import pytest

from buildtool.core.registry.clock import judge, never_set, skew_of
from buildtool.errors import CLOCK_SKEW
from buildtool.errors.findings import Severity

NOW = 1_700_000_000


@pytest.mark.parametrize(
    ("skew", "severity", "words"),
    [
        (0, None, ""),
        (60, None, ""),
        (-60, None, ""),
        (61, Severity.WARNING, "61 s ahead of r.example:5000's"),
        (-90, Severity.WARNING, "90 s behind r.example:5000's"),
        (86_400, Severity.WARNING, "86400 s ahead"),
        (86_401, Severity.ERROR, "86401 s ahead"),
        (-86_401, Severity.ERROR, "86401 s behind"),
    ],
)
def test_clocks_that_differ(skew: int, severity: Severity | None, words: str) -> None:
    found = list(judge(NOW + skew, datetime.fromtimestamp(NOW, UTC), "r.example:5000"))
    assert [(one.code, one.severity) for one in found] == ([(CLOCK_SKEW.code, severity)] if severity else [])
    assert all(words in one.message for one in found)
    assert skew_of(NOW + skew, datetime.fromtimestamp(NOW, UTC)) == skew


def test_a_registry_without_a_clock() -> None:
    assert list(judge(1, None, "r.example")) == []
    assert skew_of(1, None) is None


@pytest.mark.parametrize(
    ("now", "year"),
    [(-315_619_200, 1960), (0, 1970), (1_500_000_000, 2017), (1_577_836_799, 2019), (1_577_836_800, None), (NOW, None)],
)
def test_a_clock_that_was_never_set(now: int, year: int | None) -> None:
    found = list(never_set(now))
    assert [(one.code, one.severity) for one in found] == [(CLOCK_SKEW.code, Severity.ERROR)] * (year is not None)
    assert all(f"says the year {year}" in one.message for one in found)
