from __future__ import annotations

import time

import pytest

from buildtool.adapters.clock import SystemClock
from buildtool.errors import BuildtoolError


def test_now_is_the_systems_time() -> None:
    assert abs(SystemClock().now() - time.time()) < 5


@pytest.mark.parametrize(("seconds", "year"), [(-315_619_200, 1960), (0, 1970), (1_500_000_000, 2017)])
def test_a_clock_that_was_never_set(monkeypatch: pytest.MonkeyPatch, seconds: int, year: int) -> None:
    monkeypatch.setattr(time, "time", lambda: float(seconds))
    with pytest.raises(BuildtoolError, match=f"the year {year}") as caught:
        SystemClock().now()
    assert caught.value.kind.code == "clock-skew"
