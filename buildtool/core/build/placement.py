"""Which node of a builder builds for a platform, and whether natively or emulated.

buildx takes a node that was made for the platform (`--platform`) before others that can. Which one of several alike it
takes is nowhere said [run: not always the first], so that nothing is said of it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.build.builder_view import NodeView
    from buildtool.core.image.names import Platform


class How(StrEnum):
    """How a machine runs programs of a platform."""

    NATIVE = "native"
    EMULATED = "emulated"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an image is built for a platform: `node` is its endpoint, "" where it may be one of several.

    `how` is None where that is not known.

    `seconds` are what its steps took last time in the same way, `native_seconds` natively where `how` is emulated;
    None where nothing was measured.
    """

    platform: Platform
    node: str
    how: How | None
    seconds: float | None = None
    native_seconds: float | None = None

    @property
    def sentence(self) -> str:
        """`linux/arm64 (emulated, its steps took 84 s last time, natively 12 s)`."""
        words = [self.how.value] if self.how is not None else []
        if self.how is How.EMULATED and self.seconds is not None:
            words.append(f"its steps took {self.seconds:.0f} s last time")
        if self.how is How.EMULATED and self.native_seconds is not None:
            told = "natively" if self.seconds is not None else "natively its steps took"
            words.append(f"{told} {self.native_seconds:.0f} s")
        return f"{self.platform} ({', '.join(words)})" if words else str(self.platform)


def nodes_for(nodes: Sequence[NodeView], platform: Platform) -> list[NodeView]:
    """The nodes, one of which buildx builds this platform on; none where none can."""
    wanted = platform.normalized()
    made = [node for node in nodes if wanted in node.fixed]
    return made or [node for node in nodes if wanted in node.platforms]


def how_runs(node: NodeView, platform: Platform) -> How | None:
    """Whether a node runs programs of the platform itself; None where it does not run them, or that is not known.

    BuildKit lists its own platform first. buildx puts those in front that a node was made for, and they are what the
    node is for: one architecture of them is taken as its own, of several one or the other is emulated.
    """
    wanted = platform.normalized()
    if wanted not in node.platforms or not node.listed:
        return None
    own = {one.architecture for one in node.fixed or node.listed[:1]}
    if len(own) > 1:
        return None
    if wanted.architecture in own:
        return How.NATIVE
    return None if (next(iter(own)), wanted.architecture) in _PERHAPS_ITSELF else How.EMULATED


# Machines of the first architecture that run programs of the second themselves, many or all of them.
_PERHAPS_ITSELF = {("amd64", "386"), ("arm64", "arm")}


def _where(node: NodeView) -> str:
    """The machine, as buildtool.toml names it; a cluster's nodes have names alone."""
    return node.name if node.endpoint.startswith("kubernetes:") else node.endpoint or node.name


def placements(
    nodes: Sequence[NodeView],
    image: str,
    platforms: Sequence[Platform],
    times: Mapping[tuple[str, str, How], float],
) -> list[Placement]:
    """Where an image (`host/path`) is built for each of its platforms, with the `times` that were measured before."""
    found = []
    for platform in platforms:
        able = nodes_for(nodes, platform)
        ways = {how_runs(node, platform) for node in able}
        how = ways.pop() if len(ways) == 1 else None
        seconds = times.get((image, str(platform), how)) if how is not None else None
        native = times.get((image, str(platform), How.NATIVE)) if how is How.EMULATED else None
        found.append(Placement(platform, _where(able[0]) if len(able) == 1 else "", how, seconds, native))
    return found
