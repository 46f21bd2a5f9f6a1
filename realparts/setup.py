"""All parts in order, each only where it is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from realparts import bases, emulation, engine, registry, system, terminal, venv
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from realparts.machine import Machine


def up(machine: Machine) -> None:
    """Virtual environment and all parts; what cannot be had ends it with a PartError."""
    _install(machine)
    venv.ensure(machine)
    for part in _parts(machine):
        part(machine)


def up_where_possible(machine: Machine) -> None:
    """The same for the tests: of the parts, one that cannot be had is said, and the others come all the same."""
    _tolerant(_install, machine)
    venv.ensure(machine)
    for part in _parts(machine):
        _tolerant(part, machine)


def _tolerant(part: Callable[[Machine], object], machine: Machine) -> None:
    try:
        part(machine)
    except PartError as problem:
        terminal.error(problem)
        terminal.note("going on: tests that need it are skipped, or fail where CI=true")


def _parts(machine: Machine) -> Sequence[Callable[[Machine], object]]:
    """An engine of ours looks for emulation when it starts; an engine that is there may bring its own."""
    first, second = (emulation.ensure, engine.ensure) if machine.installs else (engine.ensure, emulation.ensure)
    return first, second, registry.ensure_program, bases.ensure


def _install(machine: Machine) -> None:
    """All missing packages in one go, where they can be installed; elsewhere each part says what it lacks."""
    if machine.installs:
        found = engine.find() is not None
        needs = [*venv.missing(), *emulation.missing(machine), *engine.missing(machine, answers=found)]
        system.install(machine, needs)
