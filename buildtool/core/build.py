"""What is asked of the builder, and what it tells, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.image import Platform

# Drivers whose BuildKit pushes by digest alone; the docker driver refuses ("currently not implemented").
DIGEST_DRIVERS = frozenset({"docker-container", "remote", "kubernetes"})


@dataclass(frozen=True, slots=True)
class BuilderFacts:
    """One buildx builder. `platforms` is everything its nodes say they can build, native or emulated."""

    name: str
    driver: str
    buildx_version: tuple[int, int, int]
    platforms: frozenset[Platform]
    containerd_store: bool = False
    insecure_registries: tuple[str, ...] = ()

    @property
    def pushes_by_digest(self) -> bool:
        return self.driver in DIGEST_DRIVERS


@dataclass(frozen=True, slots=True)
class BakeDefinition:
    """The document for `docker buildx bake --file -`, the paths and ports it may use, and the environment it needs."""

    document: Mapping[str, Any]
    targets: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildEvent:
    """One line of progress. `kind`: step (began), done, cached, error, log."""

    kind: str
    target: str
    text: str
    seconds: float | None = None
