"""Released Go commands for tests; `make extras` builds them where there is a Go toolchain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from realparts import gotools
from tests.support.need import need

if TYPE_CHECKING:
    from pathlib import Path


def go_tool(name: str) -> Path:
    """The program. A test waits while `make extras` builds; where it is not built, `need` decides."""
    found = gotools.program(name)
    if not found.is_file():
        gotools.wait()
    need(found.is_file(), f"no {name} {gotools.COMMANDS[name][1]}: make extras")
    return found
