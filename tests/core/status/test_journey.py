"""The sentence where an image stands: from facts, and for every mixture of stations."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.status.journey import Journey, journey
from buildtool.core.status.station import Name, Reached, Station, Unseen
from tests.core.status.test_what_runs import facts


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    """Any mixture of states; every station that is not reached says why."""
    stations = []
    for name in Name:
        state = draw(st.sampled_from(Reached))
        looked = draw(st.booleans()) or state is not Reached.UNKNOWN
        cause = "" if state is Reached.YES else f"why not {name}"
        stations.append(Station(name, state, f"seen {name}", cause=cause, looked=looked))
    return Journey("web", "a", stations)


@given(journeys())
def test_no_arrival_while_something_is_known_to_be_missing(one: Journey) -> None:
    missing = [station for station in one.stations if station.state is Reached.NO]
    assert not (one.arrived and missing)
    assert not one.live or one.stations[-1].reached
    if missing:
        assert one.sentence == f"not {missing[0].name}: why not {missing[0].name}"


@given(journeys())
def test_what_is_waited_for_can_change(one: Journey) -> None:
    """One that has not arrived waits for something, unless nothing behind the commit could be asked."""
    if not one.arrived and any(station.looked for station in one.stations[1:]):
        assert one.pending is not None
    if one.arrived:
        assert one.pending is None


@given(journeys())
def test_unknown_is_not_fine(one: Journey) -> None:
    """Where the end was not seen, the sentence does not say that it runs."""
    assert (one.sentence == "it runs") == one.live
    if one.stations[-1].state is Reached.UNKNOWN:
        assert "it runs" not in one.sentence


def test_nothing_could_be_asked() -> None:
    found = journey(facts(Unseen("no cluster", looked=False), Unseen("no URL", looked=False)))
    assert (found.arrived, found.live, found.last) == (False, False, None)
    assert [station.name for station in found.stations] == list(Name)
    assert found.sentence.startswith("nothing is known; not looked at: commit, published, selected")
