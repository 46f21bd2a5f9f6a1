"""`make test`: the parts, then pytest."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from realparts import gotools, paths, run, say, setup, venv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from realparts.machine import Machine


def run_tests(machine: Machine, arguments: Sequence[str]) -> int:
    """Set up what can be had, run pytest under coverage, and return pytest's exit code."""
    setup.up_where_possible(machine)
    gotools.build_all()
    say.heading("Test")
    coverage = [str(venv.PYTHON), "-m", "coverage"]
    code = run.shown([*coverage, "run", "-m", "pytest", *arguments], cwd=paths.ROOT)
    if not arguments and not os.environ.get("REALPARTS_NO_REPORT"):
        run.shown([*coverage, "report"], cwd=paths.ROOT)
    return code
