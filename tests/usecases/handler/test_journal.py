"""What the page and the metrics show of the decisions."""

from __future__ import annotations

from dataclasses import replace

from buildtool.core.handler.objections import Refusal
from buildtool.core.handler.records import Decision, Result
from buildtool.usecases.handler.journal import Journal, Sighting

FORGED = Decision(1, Result.REFUSED, "no signature", Refusal.FORGED)
DONE = Decision(2, Result.ROLLED_BACK, "it is not healthy", None, "ns:web", "a" * 40, "web", "b", "a", "a2")


def test_each_is_told_and_counted_and_the_newest_comes_first() -> None:
    told: list[Decision] = []
    journal = Journal(told.append)
    journal.add(FORGED, DONE)
    assert told == [FORGED, DONE]
    assert [row.decision for row in journal.rows] == [DONE, FORGED]
    assert journal.counts == {("refused", "forged"): 1, ("rolled-back", ""): 1}
    assert journal.rollbacks == {"web": 1}


def test_repeats_share_a_row_so_that_a_flood_hides_nothing() -> None:
    journal = Journal(lambda _: None)
    journal.add(DONE)
    for number in range(500):
        journal.add(replace(FORGED, time=number))
    assert [(row.decision.result, row.count) for row in journal.rows] == [
        (Result.REFUSED, 500),
        (Result.ROLLED_BACK, 1),
    ]
    assert journal.rows[0].decision.time == 499
    assert journal.counts["refused", "forged"] == 500


def test_no_more_than_fifty_rows() -> None:
    journal = Journal(lambda _: None)
    for number in range(80):
        journal.add(replace(FORGED, commit=str(number)))
    assert len(journal.rows) == 50
    assert journal.rows[0].decision.commit == "79"


def test_ready_once_the_branch_was_read() -> None:
    troubles: list[str] = []
    journal = Journal(lambda _: None, troubles.append)
    assert [journal.sighting, journal.ready] == [None, False]
    journal.saw(Sighting(0, problem="git-remote: it does not answer"))
    journal.saw(Sighting(1, problem="git-remote: it does not answer"))
    before = journal.ready
    journal.saw(Sighting(2, "main", "a" * 40))
    journal.saw(Sighting(3, problem="git-remote: it does not answer"))
    assert (before, journal.ready) == (False, True)
    journal.wait_for_sighting(3, 60)  # it is there
    assert journal.sighting == Sighting(3, problem="git-remote: it does not answer")
    assert troubles == ["git-remote: it does not answer"] * 2  # the second of them after it was well again
