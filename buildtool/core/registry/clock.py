"""Whether this machine's clock can be trusted to make tags that sort by time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.errors import CLOCK_SKEW
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from buildtool.errors.findings import Finding

TOLERATED = 60  # seconds between two clocks that nobody has to know about
TOO_MUCH = 24 * 3600


def judge(now: int, registry: datetime | None, host: str) -> Iterator[Finding]:
    """clock-skew: a warning from more than a minute on, an error from more than a day on.

    `now` is this machine's time in unix seconds, `registry` the Date header of the registry at `host`; without one
    nothing is known, and nothing is found.
    """
    skew = skew_of(now, registry)
    if skew is None or abs(skew) <= TOLERATED:
        return
    message = f"this machine's clock is {abs(skew)} s {'ahead of' if skew > 0 else 'behind'} {host}'s"
    yield CLOCK_SKEW.at(None, message, severity=Severity.ERROR if abs(skew) > TOO_MUCH else Severity.WARNING)


def skew_of(now: int, registry: datetime | None) -> int | None:
    """By how many seconds this machine is ahead of the registry; None without a Date header."""
    return None if registry is None else now - int(registry.timestamp())
