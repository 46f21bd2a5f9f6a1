from __future__ import annotations

import json
from typing import TYPE_CHECKING

from buildtool.cli.output import Output
from buildtool.cli.push_report import PushReport
from buildtool.core.build.events import BuildEvent, Step
from buildtool.core.status.journey import Journey
from buildtool.core.status.station import Name, Reached, Station
from buildtool.core.text.secrets import Secrets
from buildtool.usecases.push.options import PushOptions
from tests.support.memory.push import MemoryPush, sha
from tests.usecases.push.test_further_judge import SEMVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

EVENTS = [
    BuildEvent(Step.STARTED, "[web 1/2] COPY a /"),
    BuildEvent(Step.DONE, "[web 1/2] COPY a /", seconds=1.25),
    BuildEvent(Step.DONE, "[web internal] load build context"),
    BuildEvent(Step.CACHED, "[web 2/2] RUN make"),
    BuildEvent(Step.LOG, "[web 2/2] RUN make", "compiling hunter22"),
    BuildEvent(Step.WARNING, "", "legacy syntax"),
    BuildEvent(Step.FAILED, "[web 2/2] RUN make", "exit code: 1"),
]


def said(capsys: pytest.CaptureFixture[str], progress: str, events: Sequence[BuildEvent] = EVENTS) -> list[str]:
    secrets = Secrets()
    secrets.add("hunter22")
    report = PushReport(Output(secrets, color=False), progress)
    report.heading("Build")
    for event in events:
        report.build(event)
    report.warn("careful")
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def test_plain(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "plain") == [
        "Build",
        "  done   [web 1/2] COPY a / (1.2 s)",
        "  cached [web 2/2] RUN make",
        "    compiling ***",
        "  ! legacy syntax",
        "  FAILED [web 2/2] RUN make: exit code: 1",
        "warning: careful",
    ]


def test_quiet_says_only_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "quiet") == ["warning: careful"]


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.loads(line) for line in said(capsys, "json")]
    assert lines[0] == {"event": "phase", "text": "Build"}
    assert {"event": "done", "text": "", "step": "[web 1/2] COPY a /", "seconds": 1.25} in lines
    assert {"event": "log", "text": "compiling ***", "step": "[web 2/2] RUN make"} in lines
    assert lines[-1] == {"event": "warning", "text": "careful"}


def journey(image: str, state: Reached, **more: str) -> Journey:
    station = Station(Name.RUNNING, state, "seen", cause="it is slow", looked=state is not Reached.UNKNOWN)
    return Journey(image, "main-abc1234-1800000000", [Station(Name.PUBLISHED, Reached.YES, ""), station], **more)


def test_waiting_shows_one_line_for_each_image_when_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    report = PushReport(Output(Secrets(), color=False), "plain")
    waiting, done = journey("web", Reached.NO), journey("web", Reached.YES)
    for one in (waiting, waiting, done):
        report.journeys([one])
    assert capsys.readouterr().err.splitlines() == [
        "  web       published  not running: it is slow",
        "  web       running    it runs",
    ]


def test_waiting_as_json_is_an_event_for_each_change(capsys: pytest.CaptureFixture[str]) -> None:
    report = PushReport(Output(Secrets(), color=False), "json")
    waiting, done = journey("web", Reached.NO), journey("web", Reached.YES)
    for one in (waiting, waiting, done):
        report.journeys([one])
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["image"], line["station"]) for line in lines] == [
        ("wait", "web", "published"),
        ("wait", "web", "running"),
    ]


def test_the_end_of_waiting_tells_what_was_not_seen(capsys: pytest.CaptureFixture[str]) -> None:
    report = PushReport(Output(Secrets(), color=False), "quiet")
    report.journeys([journey("web", Reached.YES)])
    report.arrived(
        [journey("web", Reached.YES), journey("api", Reached.UNKNOWN), journey("x", Reached.YES, overtaken="b")]
    )
    assert capsys.readouterr().err.splitlines() == [
        "warning: api: published; not looked at: running",
        "warning: x: a newer push has overtaken this one: Flux selects b",
    ]


def planned(push: MemoryPush, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines of the plan."""
    PushReport(Output(Secrets(), color=False), "plain").plan(push.plan())
    return [line.strip() for line in capsys.readouterr().err.splitlines()]


def test_the_plan_shows_every_further_tag(capsys: pytest.CaptureFixture[str]) -> None:
    push = MemoryPush(2, names=["web"], further=["latest", "{branch}", "next", "pr-{number}"])
    push.add("web", "latest", revision=sha(1), version="main-0000001-1")
    push.add("web", "next", revision=sha(3), version="main-0000003-3")
    lines = planned(push, capsys)
    assert [line for line in lines if line.startswith("also ")] == [
        "also latest (moves from main-0000001-1)",
        "also main (new)",
        "also next stays where it is: it points at main-0000003-3, of a newer commit",
        "also pr-{number} is not written: this run is about no pull request",
    ]
    assert "warning: web: next stays: it points at main-0000003-3, of a newer commit" in lines
    push.options = PushOptions()
    push.run()
    again = MemoryPush(2, names=["web"], registry=push.registry, clock=push.clock, further=["latest"])
    lines = planned(again, capsys)
    assert [line for line in lines if line.startswith(("also ", "web"))] == [
        "web       unchanged: keeps main-0000002-1707300000 (--force builds it again)",
        "also latest (there already)",
    ]


def test_the_plan_of_a_release_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    lines = planned(MemoryPush(branch=None, git_tags=("v1.2.3",), policy=SEMVER), capsys)
    assert "commit    000000100000 release v1.2.3 (from HEAD)" in lines
    assert "tag       1.2.3" in lines
    assert "Flux: nothing yet -> 1.2.3" in lines
