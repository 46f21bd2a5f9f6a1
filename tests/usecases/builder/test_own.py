from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.config import BuilderConfig
from buildtool.core.build.builder_store import StoredBuilder
from buildtool.core.build.definition import BakeDefinition
from buildtool.errors import BUILDER_UNUSABLE, DOCKER_UNREACHABLE, BuildtoolError
from buildtool.usecases.builder.own import ChosenBuilder, OwnBuilder
from tests.support.memory.builder import MemoryBuilder
from tests.support.memory.registry import MemoryRegistry

if TYPE_CHECKING:
    from buildtool.core.build.builder import BuilderFacts
    from buildtool.errors import Kind
    from tests.usecases.builder.conftest import Farm


class Buildx(MemoryBuilder):
    """buildx with a name: its facts, or why there are none."""

    name = "default"
    refuses: BuildtoolError | None = None

    def facts(self) -> BuilderFacts:
        if self.refuses is not None:
            raise self.refuses
        return replace(super().facts(), name=self.name)


@pytest.fixture
def buildx() -> Buildx:
    return Buildx(MemoryRegistry(), driver="docker-container")


def own(farm: Farm, buildx: Buildx) -> OwnBuilder:
    spec = farm.choice.spec
    assert spec is not None
    return OwnBuilder(buildx, spec, farm.making, farm.builders)


def test_the_builder_is_made_and_started_before_it_is_asked(farm: Farm, buildx: Buildx) -> None:
    builder = own(farm, buildx)
    assert builder.facts().driver == "docker-container"
    name = farm.choice.name
    assert farm.builders.log == [f"create {name}-0", f"create {name}-1", f"boot {name}"]
    builder.facts()
    assert len(farm.builders.log) == 3, "once"


def test_a_node_that_is_off_is_named(farm: Farm, buildx: Buildx) -> None:
    farm.make()
    farm.builders.down = frozenset({"ssh://pi@pi.lan"})
    buildx.refuses = BuildtoolError(BUILDER_UNUSABLE, "context deadline exceeded")
    with pytest.raises(BuildtoolError) as caught:
        own(farm, buildx).facts()
    assert "at ssh://pi@pi.lan: inactive" in caught.value.message
    assert "ssh://pi@pi.lan" in caught.value.fix


@pytest.mark.parametrize(
    ("kind", "known"), [(BUILDER_UNUSABLE, True), (BUILDER_UNUSABLE, False), (DOCKER_UNREACHABLE, True)]
)
def test_what_is_no_nodes_fault_stays_as_it_is(farm: Farm, buildx: Buildx, kind: Kind, known: bool) -> None:  # noqa: FBT001
    name = farm.make()
    if not known:
        del farm.builders.records[name]
        farm.builders.refuses = None
    buildx.refuses = BuildtoolError(kind, "its own words")
    with pytest.raises(BuildtoolError, match="its own words"):
        own(farm, buildx).facts()


def test_a_bake_goes_to_buildx(farm: Farm, buildx: Buildx) -> None:
    definition = BakeDefinition({"target": {}}, ())
    assert own(farm, buildx).bake(definition, lambda _: None) == {}
    assert ChosenBuilder(buildx, farm.choice, farm.builders, farm.use).bake(definition, lambda _: None) == {}
    assert buildx.baked == [definition] * 2


def test_a_named_builder_is_used_with_a_warning_for_each_difference(farm: Farm, buildx: Buildx) -> None:
    buildx.name = "farm"
    farm.builders.records["farm"] = StoredBuilder("docker-container", {}, "")
    farm.environment["BUILDX_BUILDER"] = "farm"
    facts = ChosenBuilder(buildx, farm.choice, farm.builders, farm.use).facts()
    assert [one.partition(":")[0] for one in facts.warnings] == [
        "builder farm has no node vm; it has none",
        "builder farm has no node ssh",
        "builder farm reads base images of 192.168.0.40",
    ]
    assert farm.use.held == []


def test_with_nothing_configured_nothing_is_compared(farm: Farm, buildx: Buildx) -> None:
    farm.config = replace(farm.config, builder=BuilderConfig())
    facts = ChosenBuilder(buildx, farm.choice, farm.builders, farm.use).facts()
    assert facts.warnings == ()


def test_one_of_ours_that_is_selected_by_name_is_held_too(farm: Farm, buildx: Buildx) -> None:
    buildx.name = farm.make()
    farm.use.held.clear()
    farm.environment["BUILDX_BUILDER"] = buildx.name
    ChosenBuilder(buildx, farm.choice, farm.builders, farm.use).facts()
    assert farm.use.held == [buildx.name]
