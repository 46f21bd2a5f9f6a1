"""A machine in trouble is told as that, with the exit code of its kind, and never as a bug."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from buildtool.cli.environment_faults import environment_fault

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = ["tag", "check", "doctor", "push --dry-run", "verify", "setters preview --image a:b=c:d", "policy explain x"]
COMMANDS += ["status", "rollback x"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "usage"),
        (RuntimeError("can't start new thread"), "usage"),
        (OSError(errno.EMFILE, "Too many open files", "x"), "usage"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "usage"),
        (OSError(errno.ENOSPC, "No space left on device"), "output-unwritable"),
        (OSError(errno.ENOSPC, "No space left on device", "/tmp/x"), "build-disk-full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "x"), "build-disk-full"),
    ],
)
def test_faults(error: Exception, code: str) -> None:
    fault = environment_fault(error)
    assert fault is not None
    assert fault.kind.code == code


@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        OSError(errno.EINVAL, "Invalid argument"),
        OSError("x"),
        ValueError(),
        RuntimeError("x"),
        UnicodeEncodeError("ascii", "ü", 0, 1, "x"),
    ],
)
def test_everything_else_is_ours(error: Exception) -> None:
    assert environment_fault(error) is None


@pytest.mark.parametrize("command", COMMANDS)
def test_the_working_folder_is_gone(tmp_path: Path, command: str) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    script = f"import os, sys; os.rmdir({str(folder)!r}); from buildtool.cli.main import main; main(sys.argv[1:])"
    path = os.pathsep.join(entry for entry in sys.path if entry)
    done = subprocess.run(
        [sys.executable, "-c", script, *command.split()],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 10
    assert done.stderr.startswith("error: the directory this runs in was deleted")


def test_a_locale_without_the_letters_of_a_file_name(tmp_path: Path) -> None:
    """Python's own choice is UTF-8 also for LC_ALL=C; here it was told otherwise."""
    (tmp_path / "ü.yaml").write_text("a: 1\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "--all"], check=True)
    path = os.pathsep.join(entry for entry in sys.path if entry)
    for utf8, code in (("0", 2), ("1", 0)):
        env = {**os.environ, "PYTHONPATH": path, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": utf8}
        done = subprocess.run(
            [sys.executable, "-m", "buildtool", "check"],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done
        assert ("fix: export PYTHONUTF8=1" in done.stderr) == (code == 2)


@pytest.mark.parametrize("option", [["--help"], ["--version"], ["explain"]])
def test_a_full_output(option: list[str]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 -- a device
        done = subprocess.run(
            [sys.executable, "-m", "buildtool", *option], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error: the output cannot be written: No space left on device")
    assert "bug" not in done.stderr
