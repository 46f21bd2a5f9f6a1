from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from buildtool.adapters.lock import machine_lock

if TYPE_CHECKING:
    from pathlib import Path

HOLD = "import sys; from pathlib import Path; from buildtool.adapters.lock import machine_lock\n"
HOLD += "with machine_lock(sys.argv[1], Path(sys.argv[2])): print('held', flush=True); sys.stdin.read()"


def holder(name: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, name, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_one_at_a_time_and_free_when_a_process_dies(tmp_path: Path) -> None:
    with holder("r", tmp_path) as first, holder("r", tmp_path) as second:
        runs = [first, second]
        assert first.stdout is not None
        assert second.stdout is not None
        ready = [run for run in runs if run.poll() is None]
        assert len(ready) == 2
        first.kill()
        assert second.stdout.readline() == "held\n"
        second.kill()


def test_other_names_do_not_wait(tmp_path: Path) -> None:
    with holder("a", tmp_path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with machine_lock("b", tmp_path):
            other.kill()


def test_without_a_place_for_the_lock_the_run_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    with machine_lock("r", file):
        assert file.read_text() == "not a folder"
