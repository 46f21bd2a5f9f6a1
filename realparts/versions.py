"""`make test-versions`: the unit tests with the lowest and the newest versions that pyproject.toml allows.

On every Python of this computer that is new enough, in environments of their own below `.parts/versions`. These are the
only packages that are installed without the lock: what a lock would hide is what is looked for.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from realparts import lock, paths, run, terminal
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FOLDER = paths.PARTS / "versions"
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}
_OLDEST = (3, 11)
_NAME = re.compile(r"python3(\.[0-9]+)?")
_WHAT = "import sys; print(sys.implementation.name, '.'.join(map(str, sys.version_info[:3])), sys.executable)"
_SELECTION = "not engine and not arm64 and not go"
_UNITS = ("tests/core", "tests/config", "tests/usecases", "tests/adapters", "tests/cli")


def run_tests(arguments: Sequence[str]) -> int:
    """Every Python with every resolution; pytest's exit code of the first run that failed, 0 where all passed."""
    results: dict[str, int] = {}
    for version, interpreter in pythons().items():
        for name, resolution in RESOLUTIONS.items():
            terminal.heading(f"Python {version} with the {name} versions")
            python = _environment(f"{version}-{name}", interpreter, resolution)
            results[f"Python {version}, {name}"] = run.shown(
                [str(python), "-m", "pytest", "-q", "-n", "2", "-m", _SELECTION, *(arguments or _UNITS)],
                cwd=paths.ROOT,
                env={"PYTHONPATH": str(paths.ROOT)},
            )
    terminal.heading("Versions")
    for what, code in results.items():
        terminal.note(f"{what}: {'passed' if code == 0 else f'FAILED (pytest ended with {code})'}")
    return next((code for code in results.values() if code), 0)


def pythons() -> dict[str, str]:
    """`3.12` -> its interpreter, for each one at hand, oldest first: on PATH, below pyenv's folder, and this one."""
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    programs = [*(path for folder in folders for path in sorted(folder.glob("python3.[0-9]*")))]
    programs += sorted(pyenv.glob("3.*/bin/python3"))
    answers = [run.ask([str(program), "-c", _WHAT]) for program in programs if _NAME.fullmatch(program.name)]
    return newest_of_each([tuple(answer.split(" ", 2)) for answer in answers if answer] + [_this()])


def newest_of_each(found: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """From (implementation, version, path), the newest CPython of each minor version that buildtool supports."""
    best: dict[tuple[int, int], tuple[tuple[int, ...], str]] = {}
    for implementation, version, path in found:
        parts = tuple(map(int, version.split(".")))
        minor = parts[0], parts[1]
        if implementation == "cpython" and minor >= _OLDEST and parts >= best.get(minor, ((), ""))[0]:
            best[minor] = parts, path
    return {f"{major}.{minor}": path for (major, minor), (_, path) in sorted(best.items())}


def _this() -> tuple[str, str, str]:
    return sys.implementation.name, ".".join(map(str, sys.version_info[:3])), sys.executable


def _environment(name: str, interpreter: str, resolution: str) -> Path:
    """A fresh environment with what the resolution picks, and buildtool in it; its interpreter."""
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "bin" / "python"
    install = ["pip", "install", "--quiet", "--python", str(python)]
    for step in (
        ["venv", "--quiet", "--python", interpreter, str(folder)],
        # Wheels only: the lowest version that this Python can have without a compiler, which is what pip would take.
        [*install, "--resolution", resolution, "--only-binary", ":all:", "-r", "pyproject.toml", "--all-extras"],
        [*install, "--no-deps", "--no-build-isolation", "--editable", "."],
    ):
        if run.shown([lock.uv(), *step], cwd=paths.ROOT) != 0:
            raise PartError(f"no environment with the {resolution} versions", "mend what uv says above")
    return python
