from __future__ import annotations

import itertools
import threading

import pytest

from buildtool.errors import GIT_FAILED, NO_ANSWER, BuildtoolError
from buildtool.usecases.doctor.engine.shared import BlockedError, Shared


def test_it_is_made_once_for_many() -> None:
    made = itertools.count()
    shared = Shared("a number", lambda: next(made))
    threads = [threading.Thread(target=shared.need) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shared.own() == 0
    assert next(made) == 1


def test_its_owner_reports_the_failure_and_others_are_blocked() -> None:
    def fail() -> int:
        raise BuildtoolError(GIT_FAILED, "broken")

    shared = Shared("a number", fail)
    with pytest.raises(BuildtoolError, match="broken"):
        shared.own()
    with pytest.raises(BlockedError, match="needs a number"):
        shared.need()
    assert shared.maybe() is None


def test_a_chain_is_blocked_by_its_root() -> None:
    def fail() -> int:
        raise BuildtoolError(GIT_FAILED, "broken")

    root = Shared("the root", fail)
    middle = Shared("the middle", root.need)
    leaf = Shared("the leaf", middle.need)
    with pytest.raises(BlockedError, match="needs the root"):
        leaf.own()


def test_one_that_hangs_is_waited_for_with_a_limit() -> None:
    never = threading.Event()
    shared = Shared("a number", never.wait, seconds=0.05)
    try:
        with pytest.raises(BuildtoolError, match="no answer within 0 s from a number") as caught:
            shared.own()
        assert caught.value.kind is NO_ANSWER
        with pytest.raises(BlockedError):
            shared.need()
    finally:
        never.set()


def test_a_bug_stays_a_bug() -> None:
    shared = Shared("a number", lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        shared.need()
