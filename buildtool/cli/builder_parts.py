"""Makes the parts of `buildtool builder`, and of the builder of push and build, from the adapters."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.adapters.build_times import BuildTimesFile
from buildtool.adapters.builder_use import BuilderLocks
from buildtool.adapters.buildx_builders import BuildxBuilders, selected_engine
from buildtool.adapters.docker_tools import DockerTools
from buildtool.core.build.builder_store import store_folder
from buildtool.usecases.builder.making import Making
from buildtool.usecases.builder.own import ChosenBuilder, OwnBuilder
from buildtool.usecases.builder.show import Looking
from buildtool.usecases.builder.timed import TimedBuilder
from buildtool.usecases.builder.which import choose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from buildtool.config import Config
    from buildtool.usecases.builder.which import Choice
    from buildtool.usecases.ports import Builder


class BuilderParts:
    """The builder of one configuration, and what it is made and watched with.

    `cache` is the user's own folder for what may be lost; `say` is told what is made.
    """

    def __init__(self, config: Config, environment: Mapping[str, str], cache: Path, say: Callable[[str], None]) -> None:
        self._config = config
        self._environment = environment
        self._cache = cache
        self._say = say

    @cached_property
    def choice(self) -> Choice:
        return choose(self._config, self._environment, lambda: selected_engine(self._environment))

    @cached_property
    def builders(self) -> BuildxBuilders:
        return builders_of(self._environment)

    @cached_property
    def use(self) -> BuilderLocks:
        """Beside buildx's records: whoever sees a builder there sees who uses it, too."""
        return BuilderLocks(Path(store_folder(self._environment)) / "buildtool")

    @property
    def owner(self) -> str:
        return str(self._config.root.resolve())

    @cached_property
    def making(self) -> Making:
        return Making(self.builders, self.use, self.owner, self._say)

    @property
    def looking(self) -> Looking:
        return Looking(self._config, self.choice, self.builders, self.use, self.owner)

    def complete(self, inner: Builder) -> Builder:
        """Buildx with the chosen name -> the builder of push and build."""
        if self.choice.ours and self.choice.spec is not None:
            made: Builder = OwnBuilder(inner, self.choice.spec, self.making, self.builders)
        else:
            made = ChosenBuilder(inner, self.choice, self.builders, self.use)
        return TimedBuilder(made, BuildTimesFile(self._cache / "build-times.json"), self._config)


def builders_of(environment: Mapping[str, str]) -> BuildxBuilders:
    """The builders of a user; `environment` is that of docker."""
    return BuildxBuilders(environment, DockerTools(environment).view)
