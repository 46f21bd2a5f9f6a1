from __future__ import annotations

from buildtool.cli.push_times import PhaseTimes
from buildtool.core.build.board import Board
from buildtool.core.build.events import BuildEvent, Step


def test_nothing_before_the_first_phase() -> None:
    assert PhaseTimes().lines([], 5.0) == []


def test_phases_and_images() -> None:
    times, board = PhaseTimes(), Board(["web", "backend", "kept"])
    times.begin("Preflight", 10.0)
    times.begin("Plan", 10.25)
    times.begin("Build and push under unproven, where no policy looks", 10.26)
    board.take(BuildEvent(Step.DONE, "[web build 2/2] RUN make"), 11.0)
    board.take(BuildEvent(Step.CACHED, "[backend 2/2] COPY a /"), 11.5)
    board.take(BuildEvent(Step.DONE, "[web stage-1 2/2] COPY a /"), 12.0)
    times.begin("Prove what the registry holds", 13.0)
    times.begin("Publish", 13.5)
    assert times.lines(board.images.values(), 13.75) == [
        "3.8 s: preflight 0.2 s, build and push 2.7 s, proof 0.5 s, publish 0.2 s",
        "web      1.0 s, 2 steps",
        "backend  0.0 s, 1 step, 1 of them cached",
    ]


def test_a_phase_that_came_again_counts_once() -> None:
    times = PhaseTimes()
    for second, heading in enumerate(["Plan", "Publish", "Plan", "Publish"]):
        times.begin(heading, float(second))
    assert times.lines([], 4.0) == ["4.0 s: plan 2.0 s, publish 2.0 s"]


def test_quick_phases_are_left_out() -> None:
    times = PhaseTimes()
    times.begin("Plan", 0.0)
    assert times.lines([], 0.01) == ["0.0 s"]
