"""A buildx builder, as values: its driver, its platforms, and what its engine cannot do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.build.builder_view import BuilderView, NodeView
    from buildtool.core.build.placement import How
    from buildtool.core.image.names import Platform

# Drivers whose BuildKit pushes by digest alone; the docker driver refuses ("currently not implemented").
DIGEST_DRIVERS = frozenset({"docker-container", "remote", "kubernetes"})
ENGINE_DRIVER = "docker"  # BuildKit inside the engine, which stores and pushes images itself

Version = tuple[int, int, int]
# From here on buildx leaves the push to the BuildKit of an engine with the containerd image store (docker/buildx#3023);
# before, the engine pushes once more, by its own settings.
PUSHES_ONCE: Version = (0, 22, 0)


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What an engine cannot do. One without the containerd image store keeps one platform an image.

    `over_http` says of registries of HTTP, as `host[:port]`, whether it reaches them: False where it would speak HTTPS
    there, None where that is not known. `itself_over_https` are those where one with that store does so where it pushes
    by itself.
    """

    over_http: Mapping[str, bool | None] = field(default_factory=dict)
    several_platforms: bool = True
    itself_over_https: frozenset[str] = frozenset()

    def reaches(self, host: str) -> bool | None:
        """Whether it pushes to a registry of HTTP; True where that was not asked, because it needs no asking."""
        return self.over_http.get(host, True)


@dataclass(frozen=True, slots=True)
class BuilderFacts:
    """One buildx builder. `platforms` is everything its nodes say they can build, native or emulated.

    `engine` is set for the docker driver alone, which pushes through the engine. `times` are the seconds that steps
    took last time, by image (`host/path`), platform and how it ran; `warnings` say where it is not what was configured.
    """

    name: str
    driver: str
    buildx_version: Version
    platforms: frozenset[Platform]
    engine: EngineLimits = EngineLimits()
    nodes: Sequence[NodeView] = ()
    times: Mapping[tuple[str, str, How], float] = field(default_factory=dict)
    warnings: Sequence[str] = ()

    @classmethod
    def of(cls, view: BuilderView, version: Version, engine: EngineLimits | None = None) -> BuilderFacts:
        """A builder as buildx shows it. `engine` says what its engine cannot do; None where that is not asked."""
        return cls(
            view.name or "default", view.driver, version, view.platforms, engine or EngineLimits(), nodes=view.nodes
        )

    @property
    def exports_layouts(self) -> bool:
        """Whether it writes OCI layouts; the docker driver does with the containerd image store only."""
        return self.driver != ENGINE_DRIVER or self.engine.several_platforms

    @property
    def exports_caches(self) -> bool:
        """Whether it writes layer caches apart from images; the docker driver does with the containerd store only."""
        return self.driver != ENGINE_DRIVER or self.engine.several_platforms

    def pushes_over_https(self, host: str) -> bool:
        """Whether what it pushes to a registry of HTTP (`host[:port]`) would go there over HTTPS, for certain."""
        twice = host in self.engine.itself_over_https and self.buildx_version < PUSHES_ONCE
        return self.engine.reaches(host) is False or twice

    @property
    def pushes_by_digest(self) -> bool:
        return self.driver in DIGEST_DRIVERS
