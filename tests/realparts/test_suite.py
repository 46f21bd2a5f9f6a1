"""How pytest is called."""

from __future__ import annotations

import os

import pytest

from realparts import suite


@pytest.mark.parametrize(("processors", "workers"), [(None, "2"), (1, "2"), (2, "3"), (6, "7"), (64, "8")])
def test_one_worker_more_than_processors_and_no_more_than_the_engine_bears(
    monkeypatch: pytest.MonkeyPatch, processors: int | None, workers: str
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    arguments = suite.side_by_side(["tests/core"])
    assert arguments[:2] == ["-n", workers]
    assert arguments[-1] == "tests/core"


@pytest.mark.parametrize("own", ["-n0", "--numprocesses=3", "--pdb", "--trace"])
def test_ones_own_choice_is_left_alone(own: str) -> None:
    assert suite.side_by_side(["-x", own]) == ["-x", own]
