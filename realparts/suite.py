"""`make test`: the parts, then pytest."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from realparts import gotools, paths, registry, run, say, setup, system, venv
from realparts.packages import Need
from realparts.say import PartError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from realparts.machine import Machine

# What single tests use: any of these programs will do.
_TOOLS = {
    Need.SSHD: ("sshd",),
    Need.KUSTOMIZE: ("kustomize", "kubectl"),
    Need.BUSYBOX: ("busybox",),
    Need.SHELLCHECK: ("shellcheck",),
    Need.WGET: ("wget",),
}


def run_tests(machine: Machine, arguments: Sequence[str]) -> int:
    """Set up what can be had, run pytest under coverage, and return pytest's exit code."""
    setup.up_where_possible(machine)
    _install_tools(machine)
    gotools.build_all()
    say.heading("Test")
    # Background jobs of a shell are started with ^C ignored, and would hand that on to programs that tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["PATH"] += os.pathsep + str(registry.FETCHED.parent)
    coverage = [str(venv.PYTHON), "-m", "coverage"]
    code = run.shown([*coverage, "run", "-m", "pytest", *arguments], cwd=paths.ROOT)
    if not arguments:
        run.shown([*coverage, "report"], cwd=paths.ROOT)
    return code


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
            say.error(problem)
