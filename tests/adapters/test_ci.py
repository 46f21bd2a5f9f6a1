"""Recorded runs, of GitHub Actions and two of GitLab: which branch each of them builds, and what is refused."""

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

RUNS = sorted((Path(__file__).parents[1] / "fixtures").glob("git*/*.json"))


class Checkout:
    """As the record says: `branch:NAME` or `detached`, at `head_sha`, else at the event's commit."""

    def __init__(self, record: dict[str, Any]) -> None:
        head = record["head"]
        self.head = (record.get("head_sha", "abc1234def5678900987654321fedcbaabc1234d"), 1)
        self.branch = head.removeprefix("branch:") if head != "detached" else None
        self.changes = ()
        self.tags: tuple[str, ...] = ()


def test_there_are_records() -> None:
    assert len(RUNS) >= 36


@pytest.mark.parametrize("file", RUNS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_the_branch_of_a_recorded_run(file: Path, tmp_path: Path) -> None:
    record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    expected = record["expected"]
    event = tmp_path / "event.json"
    event.write_text(json.dumps(record["event"]), encoding="utf-8")
    ci = read(record["environment"] | {"GITHUB_EVENT_PATH": str(event)})
    assert ci.from_fork is expected.get("from_fork")
    if "error" in expected:
        with pytest.raises(BuildtoolError) as caught:
            current_tag(Checkout(record), ci, TagConfig(), flag=None, now=1)
        assert caught.value.kind.code == expected["error"]
        named = current_tag(Checkout(record), ci, TagConfig(), flag="feature/x", now=1)
        assert named.facts.branch == "feature/x", "the user's word is never refused"
        return
    result = current_tag(Checkout(record), ci, TagConfig(), flag=None, now=1)
    assert (result.facts.branch, result.facts.branch_source) == (expected["branch"], expected["source"])
    assert expected.get("note", "") in "\n".join(result.notes)
    assert ("note" in expected) == any("HEAD is on" in note for note in result.notes)


def test_what_a_run_says_about_itself() -> None:
    record = json.loads(next(file for file in RUNS if file.stem == "push").read_text(encoding="utf-8"))
    ci = read(record["environment"])
    assert ci.source_url == "https://github.com/ThePixelExpert/Professional-Website"
    assert ci.event == "push"
    assert (ci.commit, ci.commit_variable) == (record["environment"]["GITHUB_SHA"], "GITHUB_SHA")
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
