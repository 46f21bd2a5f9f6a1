"""The virtual environment: made once, brought up to date when the lock or pyproject.toml changes.

Everything in it comes from the lock, by hash; buildtool itself is installed from this folder, built by what the lock
holds. So the same packages are there today and in a year.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tomllib
from typing import TYPE_CHECKING

from realparts import lock, paths, run, system, terminal
from realparts.packages import Need
from realparts.terminal import PartError

if TYPE_CHECKING:
    from pathlib import Path

    from realparts.machine import Machine

PYTHON = paths.VENV / "bin" / "python"


def ensure(machine: Machine) -> None:
    """Make `.venv` with buildtool and its development tools in it, unless it is there and current."""
    if _stamp().exists() and run.ask([str(PYTHON), "-c", "import buildtool"]) is not None:
        return
    terminal.heading("Make the virtual environment")
    if not _has_pip():
        _create(machine)
    _pip("--require-hashes", "--requirement", str(lock.FILE.relative_to(paths.ROOT)))
    _pip("--no-deps", "--no-build-isolation", "--editable", ".")
    for old in paths.VENV.glob(".realparts-*"):
        old.unlink()
    _stamp().touch()


def _pip(*arguments: str) -> None:
    argv = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    if run.shown(argv, cwd=paths.ROOT) != 0:
        raise PartError("pip could not install what the lock holds", "mend what pip says above, run again")


def missing() -> list[Need]:
    """What is not installed; an environment that is there already needs nothing."""
    there = _has_pip() or _python_makes_environments() or shutil.which("uv")
    return [] if there else [Need.VENV]


def _create(machine: Machine) -> None:
    system.install(machine, missing())
    shutil.rmtree(paths.VENV, ignore_errors=True)
    argv = [sys.executable, "-m", "venv", str(paths.VENV)]
    if not _python_makes_environments():
        argv = ["uv", "venv", "--seed", "--python", sys.executable, str(paths.VENV)]
    if run.shown(argv) != 0:
        raise PartError("the virtual environment could not be made", "mend what is said above, run again")


def _has_pip() -> bool:
    """A half-made environment has a python and no pip."""
    return run.ask([str(PYTHON), "-m", "pip", "--version"]) is not None


def _python_makes_environments() -> bool:
    """Debian's python3 comes without ensurepip; the package python3-venv brings it."""
    return run.ask([sys.executable, "-c", "import ensurepip, venv"]) is not None


def _stamp() -> Path:
    """Exists once the environment fits the lock, and what pyproject.toml says of the package (not of lint rules)."""
    document = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packaging = json.dumps([document["build-system"], document["project"]], sort_keys=True).encode()
    digest = hashlib.sha256(packaging + lock.FILE.read_bytes()).hexdigest()
    return paths.VENV / f".realparts-{digest[:16]}"
