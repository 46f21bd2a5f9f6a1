"""The system clock: unix seconds, and sleep."""

from __future__ import annotations

import time

from buildtool.core.registry import clock
from buildtool.errors import raise_first


class SystemClock:
    def now(self) -> int:
        """Unix seconds; raises clock-skew for a clock that was never set."""
        now = int(time.time())  # noqa: TID251 -- this is the clock
        raise_first(clock.never_set(now))
        return now

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
