"""A Builder that remembers how long the steps of each image took, natively and emulated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.build.placement import placements
from buildtool.core.build.step_seconds import StepSeconds
from buildtool.core.image.names import Platform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from buildtool.config import Config
    from buildtool.core.build.builder import BuilderFacts
    from buildtool.core.build.builder_view import NodeView
    from buildtool.core.build.definition import BakeDefinition
    from buildtool.core.build.events import BuildEvent
    from buildtool.usecases.builder.parts import BuildTimes
    from buildtool.usecases.ports import Builder


class TimedBuilder:
    """What `inner` builds is measured; its facts hold what was measured before."""

    def __init__(self, inner: Builder, times: BuildTimes, config: Config) -> None:
        self._inner = inner
        self._times = times
        self._config = config
        self._nodes: tuple[NodeView, ...] = ()

    def facts(self) -> BuilderFacts:
        found = self._inner.facts()
        self._nodes = tuple(found.nodes)
        return replace(found, times=self._times.read())

    def bake(self, definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> Mapping[str, str]:
        """Measured only where everything was built: what ended in the middle says nothing."""
        targets: Mapping[str, Mapping[str, list[str]]] = definition.document["target"]
        platforms = {name: [Platform.parse(one) for one in target["platforms"]] for name, target in targets.items()}
        measured = StepSeconds(platforms)

        def told(event: BuildEvent) -> None:
            measured.take(event)
            on_event(event)

        digests = self._inner.bake(definition, told)
        self._note(measured.taken, platforms)
        return digests

    def _note(self, taken: Mapping[tuple[str, str], float], platforms: Mapping[str, list[Platform]]) -> None:
        times = {}
        for name in {name for name, _ in taken} & self._config.images.keys():
            image = str(self._config.repository(name))
            for placed in placements(self._nodes, image, platforms[name], {}):
                seconds = taken.get((name, str(placed.platform)))
                if placed.how is not None and seconds is not None:
                    times[image, str(placed.platform), placed.how] = seconds
        if times:
            self._times.note(times)
