from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from buildtool.adapters.lock import MachineLock

if TYPE_CHECKING:
    from pathlib import Path

HOLD = "import sys; from pathlib import Path; from buildtool.adapters.lock import MachineLock\n"
HOLD += "with MachineLock(Path(sys.argv[2]))(sys.argv[1]): print('held', flush=True); sys.stdin.read()"


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
        with MachineLock(tmp_path)("b"):
            other.kill()


def test_without_a_place_for_the_lock_the_run_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    with MachineLock(file)("r"):
        assert file.read_text() == "not a folder"


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    """Whoever could write there must not choose a file for us to open."""
    target = tmp_path / "precious"
    target.write_text("kept")
    folder = tmp_path / "locks"
    with MachineLock(folder)("r"):
        [file] = folder.iterdir()
    file.unlink()
    file.symlink_to(target)
    with MachineLock(folder)("r"):
        assert target.read_text() == "kept"
    assert file.is_symlink()
