from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters import lock as module
from buildtool.adapters.lock import MachineLock
from tests.support.clock import PatientClock

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys
from pathlib import Path
from buildtool.adapters.clock import SystemClock
from buildtool.adapters.lock import MachineLock
with MachineLock(Path(sys.argv[2]), SystemClock(), lambda words: print(words, flush=True))(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(name: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, name, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def lock(folder: Path) -> MachineLock:
    return MachineLock(folder, PatientClock(), lambda words: pytest.fail(f"nobody else is there, and yet: {words}"))


class Freeing(PatientClock):
    """The other run ends after so many seconds."""

    def __init__(self, other: subprocess.Popen[str], after: float) -> None:
        super().__init__()
        self.other, self.after = other, after

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if sum(self.slept) >= self.after:
            self.other.kill()
            self.other.wait()


def test_one_at_a_time_and_free_when_a_process_dies(tmp_path: Path) -> None:
    with holder("r", tmp_path) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with holder("r", tmp_path) as second:
            assert second.stdout is not None
            assert second.stdout.readline() == "waiting for another push of this machine to r (0 s so far)\n"
            first.kill()
            assert [line for line in iter(second.stdout.readline, "held\n") if "waiting" not in line] == []
            second.kill()


def test_waiting_is_told_every_few_seconds(tmp_path: Path) -> None:
    said: list[str] = []
    with holder("r", tmp_path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with MachineLock(tmp_path, Freeing(other, 11), said.append)("r"):
            assert said == [
                f"waiting for another push of this machine to r ({waited} s so far)" for waited in (0, 5, 10)
            ]


def test_a_run_that_never_ends_does_not_stop_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_SECONDS", 7.0)
    said: list[str] = []
    with holder("r", tmp_path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with MachineLock(tmp_path, PatientClock(), said.append)("r"):
            assert said[-1] == "the other push did not end within 7 s: going on without waiting for it"
            assert other.poll() is None
        other.kill()


def test_other_names_do_not_wait(tmp_path: Path) -> None:
    with holder("a", tmp_path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with lock(tmp_path)("b"):
            other.kill()


def test_without_a_place_for_the_lock_the_run_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    with lock(file)("r"):
        assert file.read_text() == "not a folder"


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    """Whoever could write there must not choose a file for us to open."""
    target = tmp_path / "precious"
    target.write_text("kept")
    folder = tmp_path / "locks"
    with lock(folder)("r"):
        [file] = folder.iterdir()
    file.unlink()
    file.symlink_to(target)
    with lock(folder)("r"):
        assert target.read_text() == "kept"
    assert file.is_symlink()
