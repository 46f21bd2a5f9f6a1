"""All parts in order, each only where it is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from realparts import bases, emulation, engine, registry, say
from realparts.say import PartError

if TYPE_CHECKING:
    from realparts.engine import Engine
    from realparts.machine import Machine


def up(machine: Machine) -> Engine:
    """Engine, emulation, registry program, base images; the first that cannot be had ends it with a PartError."""
    if machine.installs:
        emulation.ensure(machine)  # first: an engine of ours looks for it when it starts
    found = engine.ensure(machine)
    emulation.ensure(machine)
    registry.ensure_program(machine)
    if not bases.made() and not bases.public_registry_answers():
        bases.ensure(machine)
    return found


def up_where_possible(machine: Machine) -> None:
    """As `up`, for the tests: what cannot be had is said, and the tests that need it skip (in CI they fail)."""
    try:
        up(machine)
    except PartError as problem:
        _tell(problem)


def _tell(problem: PartError) -> None:
    say.error(problem)
    say.note("going on: tests that need it are skipped, or fail where CI=true")
