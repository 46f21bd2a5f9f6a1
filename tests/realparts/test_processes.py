"""Only what was started here is stopped, by its own id."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from realparts import paths, processes
from realparts.terminal import PartError

if TYPE_CHECKING:
    from pathlib import Path

SLEEPER = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)",
]


@pytest.fixture(autouse=True)
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "PARTS", tmp_path)
    return tmp_path


def start(parts: Path, argv: list[str]) -> int:
    log = parts / "log"
    child = processes.start("part", argv, log)
    processes.wait_ready("part", child, log, lambda: "ready" in log.read_text(), 30)
    return child.pid


def test_what_was_started_runs_until_it_is_stopped(parts: Path) -> None:
    pid = start(parts, SLEEPER)
    assert processes.running("part") == pid
    assert processes.stop("part")
    assert processes.running("part") is None
    assert processes.began(pid) is None
    assert not processes.stop("part")


def test_what_does_not_listen_is_killed(parts: Path) -> None:
    pid = start(parts, STUBBORN)
    assert processes.stop("part", grace=0.2)
    assert processes.began(pid) is None


def test_another_process_under_the_same_id_is_left_alone(parts: Path) -> None:
    """Our own process stands for the one that got the id later."""
    record = parts / "run" / "part.json"
    record.parent.mkdir()
    record.write_text(json.dumps({"pid": os.getpid(), "began": 1}))
    assert not processes.stop("part")
    assert not record.exists()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": "x", "began": 1}', '{"pid": 999999999, "began": 1}'])
def test_a_record_that_makes_no_sense_stops_nothing(parts: Path, text: str) -> None:
    (parts / "run").mkdir()
    (parts / "run" / "part.json").write_text(text)
    assert not processes.stop("part")


def test_a_program_that_ends_too_early_is_told_with_its_last_words(parts: Path) -> None:
    log = parts / "log"
    child = processes.start("part", [sys.executable, "-c", "raise SystemExit('no such disk')"], log)
    with pytest.raises(PartError, match=r"ended with exit code 1:\nno such disk"):
        processes.wait_ready("the part", child, log, lambda: False, 30)
    processes.stop("part")
