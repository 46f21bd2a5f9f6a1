"""Waiting for images: until all have arrived, in whatever order; overtaken, rolled back, or too late."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from buildtool.core.status.journey import Journey
from buildtool.core.status.station import Name, Reached, Station
from buildtool.errors import WAIT_ROLLED_BACK, WAIT_TIMEOUT, BuildtoolError, Exit
from buildtool.usecases.status.follow import INTERVAL, wait, watch
from tests.support.clock import PatientClock

if TYPE_CHECKING:
    from collections.abc import Sequence

REFERENCES = ["r/web:a", "r/api:a"]


def at(image: str, name: Name, **more: str) -> Journey:
    """An image that has come as far as a station, and whose next one is not reached."""
    stations = [
        Station(one, Reached.YES, "seen")
        if list(Name).index(one) <= list(Name).index(name)
        else Station(one, Reached.NO, "seen", cause=f"{one} is stuck", fix=f"mend {one}")
        for one in Name
    ]
    return Journey(image, "a", stations, **more)


@dataclass
class Scripted:
    """Looks that were thought of before; the last one stays. `shown` is what was shown."""

    looks: Sequence[Sequence[Journey]]
    shown: list[Sequence[Journey]] = field(default_factory=list)

    def __call__(self) -> Sequence[Journey]:
        return self.looks[min(len(self.shown), len(self.looks) - 1)]

    def journeys(self, journeys: Sequence[Journey]) -> None:
        self.shown.append(journeys)


def waited(looks: Sequence[Sequence[Journey]], seconds: int = 600) -> tuple[Scripted, PatientClock]:
    script, clock = Scripted(looks), PatientClock()
    wait(script, script, clock, seconds, REFERENCES)
    return script, clock


def failed(looks: Sequence[Sequence[Journey]], seconds: int = 600) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as caught:
        waited(looks, seconds)
    return caught.value


@pytest.mark.parametrize("order", [("web", "api"), ("api", "web")])
def test_it_waits_for_all_images(order: tuple[str, str]) -> None:
    first, second = order
    looks = [
        [at(first, Name.SELECTED), at(second, Name.SELECTED)],
        [at(first, Name.RUNNING), at(second, Name.SELECTED)],
        [at(first, Name.RUNNING), at(second, Name.RUNNING)],
    ]
    script, clock = waited(looks)
    assert script.shown == looks
    assert clock.slept == [INTERVAL, INTERVAL]


def test_what_has_arrived_is_not_waited_for() -> None:
    assert waited([[at("web", Name.RUNNING)]])[1].slept == []


def test_the_time_is_over() -> None:
    error = failed([[at("web", Name.RUNNING), at("api", Name.COMMITTED)]], 12)
    assert (error.kind, error.kind.exit) == (WAIT_TIMEOUT, Exit.FLUX)
    assert error.message.startswith(
        "api: not applied: applied is stuck (waited 12 s; stays published: r/web:a, r/api:a"
    )
    assert error.fix == "mend applied"


def test_it_looks_once_more_at_the_very_end() -> None:
    script, clock = Scripted([[at("web", Name.COMMITTED)]]), PatientClock()
    with pytest.raises(BuildtoolError):
        wait(script, script, clock, 12, REFERENCES)
    assert clock.slept == [5, 5, 2]
    assert len(script.shown) == 4


def test_a_newer_push_is_as_good() -> None:
    script, _ = waited([[at("web", Name.PUBLISHED, overtaken="b"), at("api", Name.RUNNING)]])
    assert len(script.shown) == 1


def test_one_that_is_overtaken_does_not_end_the_wait_for_the_other() -> None:
    looks = [[at("web", Name.PUBLISHED, overtaken="b"), at("api", name)] for name in (Name.APPLIED, Name.RUNNING)]
    assert len(waited(looks)[0].shown) == 2


def test_a_rollback_ends_it_at_once() -> None:
    error = failed([[at("web", Name.RUNNING), at("api", Name.PUBLISHED, rolled_back="rolled-back-a")]])
    assert (error.kind, error.kind.exit) == (WAIT_ROLLED_BACK, Exit.FLUX)
    assert "api: a carries the mark rolled-back-a" in error.message


def test_watching_has_no_end_but_the_arrival() -> None:
    looks = [[at("web", Name.APPLIED)]] * 500 + [[at("web", Name.RUNNING)]]
    script, clock = Scripted(looks), PatientClock()
    assert watch(script, script, clock) == looks[-1]
    assert clock.slept == [INTERVAL] * 500
