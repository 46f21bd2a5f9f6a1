"""Look again and again, until all images have arrived, one of them never will, or the time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from buildtool.errors import WAIT_ROLLED_BACK, WAIT_TIMEOUT, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from buildtool.core.status.journey import Journey
    from buildtool.usecases.ports import Clock

INTERVAL = 5.0  # seconds between two looks


class Shown(Protocol):
    """What a person is shown after each look."""

    def journeys(self, journeys: Sequence[Journey]) -> None: ...


def watch(look: Callable[[], Sequence[Journey]], shown: Shown, clock: Clock) -> Sequence[Journey]:
    """Until all images have arrived."""
    while True:
        journeys = look()
        shown.journeys(journeys)
        if all(one.arrived for one in journeys):
            return journeys
        clock.sleep(INTERVAL)


def wait(
    look: Callable[[], Sequence[Journey]], shown: Shown, clock: Clock, seconds: int, references: Sequence[str]
) -> Sequence[Journey]:
    """Until every image has arrived or was overtaken by a newer push, which is as good.

    Raises wait-timeout after `seconds`, and wait-rolled-back as soon as an image was rolled back; both name
    `references`, which stay published.
    """
    until = clock.now() + seconds
    while True:
        journeys = look()
        shown.journeys(journeys)
        _require_not_rolled_back(journeys, references)
        open_ones = [one for one in journeys if not (one.arrived or one.overtaken)]
        if not open_ones:
            return journeys
        left = until - clock.now()
        if left <= 0:
            raise _timeout(open_ones, seconds, references)
        clock.sleep(min(INTERVAL, left))


def _require_not_rolled_back(journeys: Sequence[Journey], references: Sequence[str]) -> None:
    back = [one for one in journeys if one.rolled_back]
    if back:
        words = "; ".join(f"{one.image}: {one.tag} carries the mark {one.rolled_back}" for one in back)
        raise BuildtoolError(WAIT_ROLLED_BACK, f"{words} (published: {', '.join(references)})")


def _timeout(journeys: Sequence[Journey], seconds: int, references: Sequence[str]) -> BuildtoolError:
    words = "; ".join(f"{one.image}: {one.sentence}" for one in journeys)
    fix = next((one.fix for one in journeys if one.fix), None)
    return BuildtoolError(
        WAIT_TIMEOUT, f"{words} (waited {seconds} s; stays published: {', '.join(references)})", fix=fix
    )
