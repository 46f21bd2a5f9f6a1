"""Programs that come with the development requirements, or with the system."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.need import need

ZIZMOR = ("--offline", "--pedantic", "--quiet", "--no-progress")  # without asking GitHub


def tool(name: str, *, install: str = "make venv") -> str:
    """The program's path: beside this interpreter first, since a virtual environment need not be active."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    need(found, f"no {name}: {install}")
    assert found
    return found


def assert_finds_nothing(linter: str, *arguments: str, cwd: Path | None = None) -> None:
    """The linter, a name or a path, ends well; what it printed is shown where it does not."""
    argv = [linter if "/" in linter else tool(linter), *arguments]
    ran = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
