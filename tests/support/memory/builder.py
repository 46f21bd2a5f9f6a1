"""A builder in memory: it "builds" the targets of a bake definition into a MemoryRegistry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.build.builder import BuilderFacts, EngineLimits
from buildtool.core.image.names import Platform, Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from buildtool.core.build.definition import BakeDefinition
    from buildtool.core.build.events import BuildEvent
    from tests.support.memory.registry import MemoryRegistry

PLATFORMS = frozenset(map(Platform.parse, ("linux/amd64", "linux/arm64")))


@dataclass
class MemoryBuilder:
    """`failures` are raised by the next bakes, one each; `turns_into` maps a platform to the one that comes out."""

    registry: MemoryRegistry
    driver: str = "docker"
    engine: EngineLimits = field(default_factory=EngineLimits)
    failures: list[Exception] = field(default_factory=list)
    turns_into: Mapping[str, str] = field(default_factory=dict)
    baked: list[BakeDefinition] = field(default_factory=list)
    asked: int = 0

    def facts(self) -> BuilderFacts:
        self.asked += 1
        return BuilderFacts("default", self.driver, (0, 29, 0), PLATFORMS, self.engine)

    def bake(self, definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> Mapping[str, str]:
        self.baked.append(definition)
        if self.failures:
            raise self.failures.pop(0)
        return {name: self._build(definition.document["target"][name]) for name in definition.targets}

    def _build(self, target: Mapping[str, object]) -> str:
        platforms = [self.turns_into.get(one, one) for one in target["platforms"]]  # type: ignore[attr-defined]
        reference, tag = _destination(target)
        labels = dict.fromkeys(platforms, target["labels"])
        return self.registry.add(reference, labels, tag).digest  # type: ignore[arg-type]


def _destination(target: Mapping[str, object]) -> tuple[Repository, str]:
    tags: list[str] = target["tags"]  # type: ignore[assignment]
    if tags:
        name, _, tag = tags[0].rpartition(":")
    else:
        output: list[str] = target["output"]  # type: ignore[assignment]
        name = next(part[5:] for part in output[0].split(",") if part.startswith("name="))
        tag = ""
    host, _, path = name.partition("/")
    return Repository(host, path), tag
