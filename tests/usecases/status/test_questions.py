"""A question has an end: an answer, an error, or no answer in time."""

from __future__ import annotations

import threading

import pytest

from buildtool.core.status.station import Unseen
from buildtool.errors import CLUSTER_UNKNOWN, BuildtoolError
from buildtool.usecases.status.questions import asked


def test_an_answer() -> None:
    assert asked(lambda: 5, 10, "it") == 5


def test_an_error_says_where_and_what_to_do() -> None:
    def fail() -> int:
        raise BuildtoolError(CLUSTER_UNKNOWN, "the disk is full", place="origin", fix="empty it")

    assert asked(fail, 10, "it") == Unseen("origin: the disk is full", fix="empty it")


def test_no_answer() -> None:
    end = threading.Event()
    assert asked(end.wait, 0.01, "the API server") == Unseen("the API server did not answer within 0 s")
    end.set()


def test_a_bug_stays_one() -> None:
    with pytest.raises(ZeroDivisionError):
        asked(lambda: 1 // 0, 10, "it")
