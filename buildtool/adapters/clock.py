from __future__ import annotations

import time


class SystemClock:
    def now(self) -> int:
        return int(time.time())  # noqa: TID251 -- this is the clock

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
