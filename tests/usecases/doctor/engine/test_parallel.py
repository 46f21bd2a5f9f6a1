from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from buildtool.core.facts import Fact, State
from buildtool.errors import GIT_MISSING, BuildtoolError
from buildtool.usecases.doctor.engine.interfaces import Check
from buildtool.usecases.doctor.engine.parallel import side_by_side
from buildtool.usecases.doctor.engine.shared import BlockedError

if TYPE_CHECKING:
    from collections.abc import Iterator

FINE = Fact("a", "fine", State.OK, "well")


def test_facts_come_in_the_order_of_the_checks() -> None:
    second_ran = threading.Event()

    def waits_for_the_second() -> Iterator[Fact]:
        assert second_ran.wait(30), "they run side by side"
        yield Fact("a", "first", State.OK, "")

    def second() -> Iterator[Fact]:
        second_ran.set()
        yield Fact("a", "second", State.OK, "")

    found = side_by_side([Check("a", "first", waits_for_the_second), Check("a", "second", second)])
    assert [fact.name for fact in found] == ["first", "second"]


def test_one_that_hangs_costs_only_its_own_limit_and_keeps_what_it_found() -> None:
    never = threading.Event()

    def hangs() -> Iterator[Fact]:
        yield FINE
        never.wait()

    try:
        found = side_by_side([Check("a", "slow", hangs, seconds=0.2), Check("b", "quick", lambda: [FINE])])
        assert [(fact.name, fact.state) for fact in found] == [
            ("fine", State.OK),
            ("slow", State.FAILED),
            ("fine", State.OK),
        ]
        assert "no answer within" in found[1].evidence
    finally:
        never.set()


def test_words_from_outside_cannot_play_with_the_terminal() -> None:
    hostile = Fact("a", "b", State.FAILED, "two\nlines \x1b[2J \udcff", "rm \x07")
    [found] = side_by_side([Check("a", "b", lambda: [hostile])])
    assert found.evidence == "two lines \\x1b[2J \\udcff"
    assert found.fix == "rm \\x07"


def test_every_kind_of_end_is_a_fact() -> None:
    def fails() -> Iterator[Fact]:
        yield FINE
        raise BuildtoolError(GIT_MISSING, "no git", place="here")

    def is_blocked() -> Iterator[Fact]:
        raise BlockedError("needs git")

    def breaks() -> Iterator[Fact]:
        yield Fact("a", str(1 // 0), State.OK, "")

    found = side_by_side([Check("a", "fails", fails), Check("a", "blocked", is_blocked), Check("a", "breaks", breaks)])
    assert [(fact.name, fact.state) for fact in found] == [
        ("fine", State.OK),
        ("fails", State.FAILED),
        ("blocked", State.SKIPPED),
        ("breaks", State.FAILED),
    ]
    assert found[1].evidence == "here: no git"
    assert found[1].fix == GIT_MISSING.fix
    assert "ZeroDivisionError" in found[3].evidence
    assert "report it" in found[3].fix
