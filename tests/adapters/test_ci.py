"""Recorded runs of GitHub Actions: which branch each of them builds, and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from buildtool.adapters.ci import read
from buildtool.config import TagConfig
from buildtool.core.commit.ci import CiFacts
from buildtool.errors import BuildtoolError
from buildtool.usecases.tag import current_tag

RUNS = sorted((Path(__file__).parents[1] / "fixtures" / "github").glob("*.json"))


class Head:
    """A checkout as the record says: `branch:NAME` or `detached`."""

    def __init__(self, record: str) -> None:
        self.head = ("abc1234def5678900987654321fedcbaabc1234d", 1)
        self.branch = record.removeprefix("branch:") if record != "detached" else None
        self.changes = ()


def test_there_are_records() -> None:
    assert len(RUNS) >= 20


@pytest.mark.parametrize("file", RUNS, ids=lambda file: file.stem)
def test_the_branch_of_a_recorded_run(file: Path, tmp_path: Path) -> None:
    record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    expected = record["expected"]
    event = tmp_path / "event.json"
    event.write_text(json.dumps(record["event"]), encoding="utf-8")
    ci = read(record["environment"] | {"GITHUB_EVENT_PATH": str(event)})
    assert ci.from_fork is expected.get("from_fork")
    if "error" in expected:
        with pytest.raises(BuildtoolError) as caught:
            current_tag(Head(record["head"]), ci, TagConfig(), flag=None, now=1)
        assert caught.value.kind.code == expected["error"]
        return
    result = current_tag(Head(record["head"]), ci, TagConfig(), flag=None, now=1)
    assert (result.facts.branch, result.facts.branch_source) == (expected["branch"], expected["source"])
    assert expected.get("note", "") in "\n".join(result.notes)
    assert ("note" in expected) == any("HEAD is on" in note for note in result.notes)


def test_what_a_run_says_about_itself() -> None:
    record = json.loads((RUNS[0].parent / "push.json").read_text(encoding="utf-8"))
    ci = read(record["environment"] | {"GITHUB_OUTPUT": "/o", "GITHUB_STEP_SUMMARY": "/s"})
    assert ci.source_url == "https://github.com/ThePixelExpert/Professional-Website"
    assert ci.run_url == f"{ci.source_url}/actions/runs/7812345678"
    assert (ci.event, ci.output_file, ci.summary_file) == ("push", "/o", "/s")
    assert read({}) == CiFacts()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"7"], ids=len)
def test_an_event_that_cannot_be_read_leaves_the_fork_unknown(tmp_path: Path, content: bytes) -> None:
    event = tmp_path / "event.json"
    event.write_bytes(content)
    assert read({"GITHUB_HEAD_REF": "x", "GITHUB_EVENT_PATH": str(event)}).from_fork is None


def test_an_event_that_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "nothing", "a\0b", ""):
        assert read({"GITHUB_HEAD_REF": "x", "GITHUB_EVENT_PATH": str(path)}).from_fork is None
