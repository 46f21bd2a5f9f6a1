"""A buildx builder, as values: its driver, its platforms, and what its engine cannot do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.image.names import Platform

# Drivers whose BuildKit pushes by digest alone; the docker driver refuses ("currently not implemented").
DIGEST_DRIVERS = frozenset({"docker-container", "remote", "kubernetes"})

Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What an engine without the containerd image store cannot do.

    `reaches_insecurely` is False where it would speak HTTPS to a registry of HTTP. And it keeps one platform an image:
    `several_platforms`.
    """

    reaches_insecurely: bool = True
    several_platforms: bool = True


def pushes_over_http(*, engine_reaches: bool | None, containerd_store: bool) -> bool:
    """Whether the docker driver pushes to a registry of HTTP; True also where that is not known.

    With the containerd image store BuildKit pushes and does as the build says. Without it the engine pushes, as it
    reads: `engine_reaches` is whether it reached the registry, None where that could not be told.
    """
    return containerd_store or engine_reaches is not False


def emulation_fix(platforms: Sequence[Platform]) -> str:
    """The command that lets this machine run programs of these platforms."""
    names = ",".join(dict.fromkeys(platform.architecture for platform in platforms))
    return (
        f"docker run --privileged --rm tonistiigi/binfmt --install {names} (Debian: apt-get install qemu-user-static)"
    )


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
