"""Whether this machine's clock can be trusted to make tags that sort by time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from buildtool.errors import CLOCK_SKEW
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.errors.findings import Finding

TOLERATED = 60  # seconds between two clocks that nobody has to know about
TOO_MUCH = 24 * 3600
_EARLIEST = 1_577_836_800  # 2020: a board without a battery starts at 1970
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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


def never_set(now: int) -> Iterator[Finding]:
    """clock-skew: an error for a time, in unix seconds, that no clock says which was ever set."""
    if now < _EARLIEST:
        year = (_EPOCH + timedelta(seconds=now)).year
        yield CLOCK_SKEW.at(None, f"this machine's clock says the year {year}: it was never set")


def skew_of(now: int, registry: datetime | None) -> int | None:
    """By how many seconds this machine is ahead of the registry; None without a Date header."""
    return None if registry is None else now - int(registry.timestamp())
