"""A clock that does not really wait."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class PatientClock:
    """`slept` holds every pause asked for, in seconds; `now` moves with them."""

    time: float = 1_707_300_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> int:
        return int(self.time)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
