"""The demo: it is written next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realparts.machine import Machine


def run_demo(machine: Machine) -> int:
    raise NotImplementedError(machine)
