"""What is asked of the builder, and what it tells, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.image.names import Platform

# Drivers whose BuildKit pushes by digest alone; the docker driver refuses ("currently not implemented").
DIGEST_DRIVERS = frozenset({"docker-container", "remote", "kubernetes"})

Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What an engine without the containerd image store cannot do.

    It follows daemon.json alone: `reaches_insecurely` is False where that says HTTPS for the registry. And it keeps one
    platform an image: `several_platforms`.
    """

    reaches_insecurely: bool = True
    several_platforms: bool = True


@dataclass(frozen=True, slots=True)
class BuilderFacts:
    """One buildx builder. `platforms` is everything its nodes say they can build, native or emulated.

    `engine` is set for the docker driver alone, which pushes through the engine.
    """

    name: str
    driver: str
    buildx_version: Version
    platforms: frozenset[Platform]
    engine: EngineLimits = EngineLimits()

    @property
    def pushes_by_digest(self) -> bool:
        return self.driver in DIGEST_DRIVERS


@dataclass(frozen=True, slots=True)
class BakeDefinition:
    """The document for `docker buildx bake --file -`, and the paths outside the work tree that it may read."""

    document: Mapping[str, Any]
    targets: tuple[str, ...]
    reads: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


class Step(StrEnum):
    """What happened to a step of the build."""

    STARTED = "started"
    DONE = "done"
    CACHED = "cached"
    FAILED = "failed"
    LOG = "log"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class BuildEvent:
    """One line of progress: `name` is the step as BuildKit names it (`[frontend 2/3] COPY …`)."""

    step: Step
    name: str
    text: str = ""
    seconds: float | None = None
