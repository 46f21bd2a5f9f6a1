from __future__ import annotations

import time

from buildtool.errors import CLOCK_SKEW, BuildtoolError

_EARLIEST = 1_577_836_800  # 2020: before that none of our tags was made


class SystemClock:
    def now(self) -> int:
        """Unix seconds; raises clock-skew for a clock that was never set."""
        now = int(time.time())  # noqa: TID251 -- this is the clock
        if now < _EARLIEST:
            year = time.gmtime(now).tm_year
            raise BuildtoolError(CLOCK_SKEW, f"this machine's clock says the year {year}: tags are sorted by time")
        return now

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
