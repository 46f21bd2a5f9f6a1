from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from buildtool.core.build.builder_view import NodeView
from buildtool.core.build.definition import BakeDefinition
from buildtool.core.build.events import BuildEvent, Step
from buildtool.core.build.placement import How
from buildtool.errors import BUILD_FAILED, BuildtoolError
from buildtool.usecases.builder.timed import TimedBuilder
from tests.support.memory.builder import MemoryBuilder
from tests.support.memory.registry import MemoryRegistry
from tests.usecases.builder.conftest import AMD, ARM, CONFIG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from buildtool.core.build.builder import BuilderFacts

WEB, API = "192.168.0.40:5000/web", "192.168.0.40:5000/api"
VM = NodeView("vm0", "vm", "running", "", frozenset({AMD, ARM}), listed=(AMD, ARM))
DEFINITION = BakeDefinition(
    {
        "target": {
            name: {"platforms": [platform]} for name, platform in (("web", "linux/arm64"), ("api", "linux/amd64"))
        }
    },
    ("web", "api"),
)


@dataclass
class Times:
    kept: dict[tuple[str, str, How], float] = field(default_factory=dict)

    def read(self) -> Mapping[tuple[str, str, How], float]:
        return dict(self.kept)

    def note(self, times: Mapping[tuple[str, str, How], float]) -> None:
        self.kept |= times


class Buildx(MemoryBuilder):
    """One node, and the events of a bake."""

    node = VM
    events: tuple[BuildEvent, ...] = ()

    def facts(self) -> BuilderFacts:
        return replace(super().facts(), nodes=(self.node,))

    def bake(self, definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> Mapping[str, str]:
        for event in self.events:
            on_event(event)
        if self.failures:
            raise self.failures.pop(0)
        return {}


@pytest.fixture
def buildx() -> Buildx:
    made = Buildx(MemoryRegistry())
    made.events = (
        BuildEvent(Step.DONE, "[web 2/3] RUN make", seconds=80.0),
        BuildEvent(Step.DONE, "[api 2/3] RUN make", seconds=3.0),
    )
    return made


def test_what_was_measured_is_a_fact_of_the_next_run(buildx: Buildx) -> None:
    times = Times()
    heard: list[BuildEvent] = []
    builder = TimedBuilder(buildx, times, CONFIG)
    assert builder.facts().times == {}
    builder.bake(DEFINITION, heard.append)
    assert heard == list(buildx.events)
    expected = {(WEB, "linux/arm64", How.EMULATED): 80.0, (API, "linux/amd64", How.NATIVE): 3.0}
    assert builder.facts().times == expected


def test_a_build_that_failed_says_nothing(buildx: Buildx) -> None:
    times = Times()
    buildx.failures = [BuildtoolError(BUILD_FAILED, "make: exit code 2")]
    builder = TimedBuilder(buildx, times, CONFIG)
    builder.facts()
    with pytest.raises(BuildtoolError):
        builder.bake(DEFINITION, lambda _: None)
    assert times.kept == {}


def test_where_it_ran_is_not_known_nothing_is_remembered(buildx: Buildx) -> None:
    times = Times()
    buildx.node = replace(VM, fixed=frozenset({AMD, ARM}))
    builder = TimedBuilder(buildx, times, CONFIG)
    builder.facts()
    builder.bake(DEFINITION, lambda _: None)
    assert times.kept == {}


def test_a_build_from_the_cache_keeps_what_was_measured(buildx: Buildx) -> None:
    times = Times({(WEB, "linux/arm64", How.EMULATED): 80.0})
    buildx.events = (BuildEvent(Step.CACHED, "[web 2/3] RUN make", seconds=0.0),)
    builder = TimedBuilder(buildx, times, CONFIG)
    builder.facts()
    builder.bake(DEFINITION, lambda _: None)
    assert times.kept == {(WEB, "linux/arm64", How.EMULATED): 80.0}
