"""Where ports meet adapters. Everything is made when first asked for, so that no command pays for another's imports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from buildtool.adapters.clock import SystemClock
    from buildtool.cli.output import Output


@dataclass
class Wiring:
    """What a command is given: the global options, and the outside world behind properties."""

    directory: Path
    config_file: Path | None
    output: Output
    environment: Mapping[str, str]

    @cached_property
    def clock(self) -> SystemClock:
        from buildtool.adapters.clock import SystemClock

        return SystemClock()
