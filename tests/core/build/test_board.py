from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.board import Board, ImageProgress
from buildtool.core.build.buildkit_progress import ProgressReader
from buildtool.core.build.events import BuildEvent, Step

RECORDED = Path(__file__).parents[2] / "fixtures" / "buildx"


def after(*events: BuildEvent, images: tuple[str, ...] = ("web", "api")) -> dict[str, ImageProgress]:
    """The images after events that come a second apart, the first at second 1."""
    board = Board(images)
    for second, event in enumerate(events, 1):
        board.take(event, float(second))
    return board.images


def test_an_image_before_its_first_event() -> None:
    web = after()["web"]
    assert (web.state, web.activity, web.seconds(9.0), web.summary()) == ("waiting", "", 0.0, "0 steps")


def test_steps_are_counted_over_all_stages_without_their_from() -> None:
    web = after(
        BuildEvent(Step.DONE, "[web build 1/3] FROM busybox"),
        BuildEvent(Step.CACHED, "[web build 2/3] COPY a /"),
        BuildEvent(Step.STARTED, "[web build 3/3] RUN make"),
    )["web"]
    assert (web.state, web.activity, web.cached) == ("step 2/2", "RUN make", 1)
    assert web.seconds(7.0) == 6.0


def test_a_stage_of_scratch_has_no_from() -> None:
    web = after(BuildEvent(Step.DONE, "[web 1/1] COPY a /"))["web"]
    assert (web.state, web.summary()) == ("step 1/1", "1 step")


def test_a_stage_of_a_named_context_has_no_from() -> None:
    web = after(
        BuildEvent(Step.DONE, "[web build 3/3] RUN make"),
        BuildEvent(Step.DONE, "[web stage-1 2/2] COPY --from=build a /"),
        BuildEvent(Step.DONE, "[web stage-1 2/2] COPY --from=build a /"),
    )["web"]
    assert (web.total, web.summary()) == (3, "2 steps")
    assert web.seconds(100.0) == 2.0, "it has ended"


def test_each_image_has_its_own_and_what_is_buildkits_is_nobodys() -> None:
    images = after(
        BuildEvent(Step.STARTED, "[api 2/2] RUN make"),
        BuildEvent(Step.LOG, "[api 2/2] RUN make", "  compiling  "),
        BuildEvent(Step.LOG, "[api 2/2] RUN make", "   "),
        BuildEvent(Step.STARTED, "[web internal] load build context"),
        BuildEvent(Step.STARTED, "[internal] load metadata"),
        BuildEvent(Step.STARTED, "[other 2/2] RUN x"),
        BuildEvent(Step.STARTED, "exporting to image"),
    )
    assert images["web"] == ImageProgress("web")
    assert (images["api"].log, images["api"].activity) == ("compiling", "RUN make")


def test_one_image_alone_is_not_named_by_buildkit() -> None:
    events = BuildEvent(Step.STARTED, "[build 2/4] RUN make"), BuildEvent(Step.STARTED, "exporting to image")
    web = after(*events, images=("web",))["web"]
    assert (web.state, web.activity) == ("step 1/3", "exporting to image")


def test_bytes_stand_beside_what_moves_them() -> None:
    pushing = "[web] pushing r/web:unproven with docker"
    begun = BuildEvent(Step.STARTED, pushing)
    assert after(begun, BuildEvent(Step.BYTES, pushing, moved=1_000_000, total=2_000_000))["web"].activity == (
        "pushing r/web:unproven with docker  1.0 MB of 2.0 MB"
    )
    unknown = after(begun, BuildEvent(Step.BYTES, pushing, moved=999))["web"]
    assert unknown.activity == "pushing r/web:unproven with docker  999 B"
    ended = after(begun, BuildEvent(Step.BYTES, pushing, moved=999), BuildEvent(Step.DONE, pushing))["web"]
    assert ended.activity == ""


def test_a_step_that_failed_stays_and_one_that_was_ended_for_it_does_not() -> None:
    images = after(
        BuildEvent(Step.FAILED, "[web 2/2] RUN make", "exit code: 2"),
        BuildEvent(Step.FAILED, "[api 2/2] RUN make", "exit code: 137: context canceled"),
    )
    assert (images["web"].state, images["web"].activity) == ("FAILED", "RUN make")
    assert (images["api"].state, images["api"].failed) == ("step 1/1", "")


@pytest.mark.parametrize("name", ["success", "failing-run", "push-refused"])
def test_recorded_builds_end_with_all_their_steps(name: str) -> None:
    reader, board = ProgressReader(), Board(["web"])
    for number, line in enumerate((RECORDED / f"{name}.txt").read_text(encoding="utf-8").splitlines(keepends=True)):
        for event in reader.feed(line):
            board.take(event, float(number))
    web = board.images["web"]
    assert web.began is not None
    assert web.steps <= web.total
    assert web.running == {}, "no step is left that never ended"
    assert (web.failed != "") is (name != "success")


@given(st.lists(st.tuples(st.sampled_from(Step), st.text(), st.text(), st.integers(0)), max_size=20))
def test_any_events(events: list[tuple[Step, str, str, int]]) -> None:
    board = Board(["web"])
    for number, (step, name, text, moved) in enumerate(events):
        board.take(BuildEvent(step, name, text, moved=moved), float(number))
    web = board.images["web"]
    assert web.seconds(99.0) >= 0
    assert web.state.partition(" ")[0] in {"waiting", "starting", "FAILED", "step"}
