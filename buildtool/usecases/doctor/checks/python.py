"""The versions of Python and buildtool."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from buildtool import __version__
from buildtool.core.facts import Fact, State
from buildtool.usecases.doctor.engine.interfaces import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = (3, 11)


def checks() -> list[Check]:
    return [
        Check("python", "version", lambda: _version(sys.version_info[:3])),
        Check("buildtool", "version", lambda: [Fact("buildtool", "version", State.OK, __version__)]),
    ]


def _version(running: tuple[int, ...]) -> Iterator[Fact]:
    version = ".".join(map(str, running))
    if running >= OLDEST:
        yield Fact("python", "version", State.OK, f"{version}, {sys.executable}")
    else:
        fix = "install Python 3.11 or newer, and buildtool with it: pipx install --python python3.11 buildtool"
        yield Fact("python", "version", State.FAILED, f"{version} is too old, 3.11 is the oldest that works", fix)
