"""Where ports meet adapters. Everything is made when first asked for, so that no command pays for another's imports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from buildtool.adapters.clock import SystemClock
    from buildtool.adapters.git import GitRepo
    from buildtool.cli.output import Output
    from buildtool.config import Config, TagConfig
    from buildtool.core.ci import CiFacts


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

    @cached_property
    def config_path(self) -> Path | None:
        from buildtool.config import find

        return find(self.directory, self.config_file, self.environment)

    @cached_property
    def config(self) -> Config:
        from buildtool.config import load
        from buildtool.errors import CONFIG_MISSING, BuildtoolError

        if self.config_path is None:
            where = self.directory.absolute()
            raise BuildtoolError(CONFIG_MISSING, f"no buildtool.toml in {where}, nor above it in its git repository")
        return load(self.config_path, self.environment)

    @cached_property
    def tag_settings(self) -> TagConfig:
        """Also for a checkout that has no configuration."""
        from buildtool.config import load_tag

        return load_tag(self.config_path, self.environment)

    @cached_property
    def repo(self) -> GitRepo:
        from buildtool.adapters.git import GitRepo

        return GitRepo(self.directory, self.environment)

    @cached_property
    def ci(self) -> CiFacts:
        from buildtool.adapters.ci import read

        return read(self.environment)
