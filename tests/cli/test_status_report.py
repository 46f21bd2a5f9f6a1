"""What a person sees of images on their way, at several widths; and the document."""

from __future__ import annotations

import json

import pytest

from buildtool.cli.output import Output
from buildtool.cli.status_report import SCHEMA, StatusReport, line
from buildtool.core.status.journey import Journey
from buildtool.core.status.station import Name, Reached, Station
from buildtool.core.text.secrets import Secrets
from tests.support.clock import PatientClock

NOW = 1_800_000_000
TAG = "master-3505ee9-1795567120"
STUCK = Journey(
    "frontend",
    TAG,
    [
        Station(Name.COMMIT, Reached.YES, 'master is at 3505ee9b1c2d "Fourth version"', NOW - 240),
        Station(Name.PUBLISHED, Reached.YES, "sha256:0123456789ab, linux/arm64, commit as the tag says", NOW - 200),
        Station(Name.SELECTED, Reached.YES, "Flux's ImagePolicy flux-system:frontend has selected it", NOW - 90),
        Station(
            Name.COMMITTED,
            Reached.NO,
            "apps/frontend/deployment.yaml holds master-c05e61d-1795566917",
            cause="ImageUpdateAutomation flux-system/website is suspended",
            fix="flux resume image update website -n flux-system",
        ),
        Station(Name.APPLIED, Reached.UNKNOWN, "the account may not list Kustomization in flux-system"),
        Station(Name.RUNNING, Reached.UNKNOWN, "no health URL is configured", looked=False),
    ],
    marks=["rolled-back-master-c05e61d-1795566000"],
)
LIVE = Journey("backend", TAG, [Station(name, Reached.YES, "seen", NOW) for name in Name])


def shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int, *journeys: Journey
) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    StatusReport(Output(Secrets(), color=False), PatientClock(NOW), as_json=False).result(journeys)
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out.splitlines()


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_it_fits(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    lines = shown(capsys, monkeypatch, width, STUCK, LIVE)
    assert max(map(len, lines)) <= width
    words = " ".join(" ".join(lines).split())
    for station in STUCK.stations:
        assert station.evidence in words
    assert "=> frontend: not committed: ImageUpdateAutomation flux-system/website is suspended" in words
    assert "fix: flux resume image update website -n flux-system" in words
    assert "mark: rolled-back-master-c05e61d-1795566000" in words
    assert "=> backend: it runs" in words


def test_narrow(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(capsys, monkeypatch, 60, STUCK)
    assert lines[:5] == [
        f"frontend  {TAG}",
        "  commit     reached      4 min ago",
        '    master is at 3505ee9b1c2d "Fourth version"',
        "  published  reached      3 min ago",
        "    sha256:0123456789ab, linux/arm64, commit as the tag says",
    ]


def test_wide(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(capsys, monkeypatch, 120, STUCK)
    assert lines[1] == '  commit     reached      4 min ago     master is at 3505ee9b1c2d "Fourth version"'


def test_nothing_published(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stations = [Station(name, Reached.NO, "nothing", cause="nothing", fix="buildtool push") for name in Name]
    assert shown(capsys, monkeypatch, 80, Journey("web", None, stations))[0] == "web  (nothing published)"


def test_one_line() -> None:
    assert line(LIVE) == "  backend   running    it runs"
    broken = Journey("web", "a", [Station(Name.COMMIT, Reached.NO, "", cause="two\nlines")], overtaken="")
    assert line(broken) == "  web       nothing yet  not commit: two lines"
    assert line(Journey("web", "a", LIVE.stations, overtaken="b")) == "  web       running    overtaken by b"


def test_watching_writes_what_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    report = StatusReport(Output(Secrets(), color=False), PatientClock(NOW), as_json=False)
    for journeys in ([STUCK, LIVE], [STUCK, LIVE], [LIVE]):
        report.journeys(journeys)
    assert capsys.readouterr().err.splitlines() == [line(STUCK), line(LIVE)]


def test_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    report = StatusReport(Output(Secrets(), color=False), PatientClock(NOW), as_json=True)
    report.result([STUCK])
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["time"], document["live"]) == (SCHEMA, NOW, False)
    [image] = document["images"]
    assert (image["station"], image["arrived"], image["newer"], image["rolled_back"]) == ("selected", False, None, None)
    assert [station["state"] for station in image["stations"]] == [
        "reached",
        "reached",
        "reached",
        "not reached",
        "unknown",
        "unknown",
    ]
    assert [station["looked"] for station in image["stations"]] == [True] * 5 + [False]
    for _ in range(2):
        report.journeys([LIVE])
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(one)["live"] for one in lines] == [True, True]
