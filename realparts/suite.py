"""`make test`: the parts, then pytest, side by side on the processors that are there."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from realparts import paths, registry, run, setup, system, terminal, venv
from realparts.packages import Need
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from realparts.machine import Machine

# What single tests use: any of these programs will do.
_TOOLS = {
    Need.SSHD: ("sshd",),
    Need.BUSYBOX: ("busybox",),
    Need.WGET: ("wget",),
    Need.PATCH: ("patch",),
    Need.TMUX: ("tmux",),
    Need.ZSH: ("zsh",),
    Need.FISH: ("fish",),
    Need.CHROMIUM: ("chromium", "chromium-browser", "google-chrome"),
}

_MOST_WORKERS = 8  # they share one engine


def run_tests(machine: Machine, arguments: Sequence[str], *, measured: bool = False) -> int:
    """Set up what can be had, run pytest (`measured`: under coverage), and return pytest's exit code."""
    setup.up_where_possible(machine)
    _install_tools(machine)
    terminal.heading("Test")
    # Background jobs of a shell are started with ^C ignored, and would hand that on to programs that tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["PATH"] += os.pathsep + str(registry.FETCHED.parent)
    coverage = ["coverage", "run", "-m"] if measured else []
    code = run.shown([str(venv.PYTHON), "-m", *coverage, "pytest", *side_by_side(arguments)], cwd=paths.ROOT)
    for report in (["combine", "--quiet"], ["report"]) if measured else ():
        run.shown([str(venv.PYTHON), "-m", "coverage", *report], cwd=paths.ROOT)
    return code


def side_by_side(arguments: Sequence[str]) -> list[str]:
    """Pytest's arguments with workers, one more than processors; unchanged where they name a debugger or `-n`."""
    if any(argument.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for argument in arguments):
        return list(arguments)
    workers = min((os.cpu_count() or 1) + 1, _MOST_WORKERS)  # much of the time is waiting
    return ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder", *arguments]


def missing_tools() -> list[Need]:
    """The tools of single tests that are not installed."""
    return [need for need, programs in _TOOLS.items() if not any(map(shutil.which, programs))]


def _install_tools(machine: Machine) -> None:
    """Where that starts no service on somebody's computer; elsewhere the tests that need them skip."""
    starts_services = Path("/run/systemd/system").exists() and not os.environ.get("CI")
    if machine.installs and not starts_services:
        try:
            system.install(machine, missing_tools())
        except PartError as problem:
            terminal.error(problem)
