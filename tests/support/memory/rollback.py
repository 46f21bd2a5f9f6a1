"""A whole rollback made of parts in memory, on the registry of a MemoryPush."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.usecases.push import selection
from buildtool.usecases.rollback.run import Rollback, TargetProof
from buildtool.usecases.rollback.standing import Standings
from buildtool.usecases.rollback.target import Targets
from tests.support.memory.push import NoLayers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.usecases.push.transaction import Write
    from buildtool.usecases.rollback.plan import ImageRollback
    from buildtool.usecases.rollback.standing import RollbackCandidate, Standing
    from tests.support.memory.push import MemoryPush


@dataclass
class MemoryRollback:
    """`replaced` maps a tag to the one that the automation's commit replaced; `push` gives registry and manifests."""

    push: MemoryPush
    replaced: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shown: list[tuple[str, list[str], str]] = []
        self.written: list[Write] = []
        self.standings = Standings(self.push.config, self.push.manifests, self.push.live, self)
        proof = TargetProof(self.push.registry, NoLayers())
        targets = Targets(self.standings, self)
        push = self.push
        self.rollback = Rollback(self.standings, targets, proof, push.transaction(), push.mirroring(), push.clock)

    def subject(self, sha: str) -> str | None:
        return f"commit {int(sha[:7], 16)}"

    def tag(self, policy: str, current: str) -> str | None:
        return self.replaced.get(current)

    def standing(self, standing: Standing, candidates: Sequence[RollbackCandidate], target: RollbackCandidate) -> None:
        self.shown.append((standing.current.tag, [candidate.tag for candidate in candidates], target.tag))

    def plan(self, *names: str, to: str | None = None) -> list[ImageRollback]:
        images = [self.push.config.images[name] for name in names or self.push.names]
        policies = self.push.manifests.policies
        watching = selection.watching(
            self.push.manifests, self.push.config, {image.name: policies[str(image.policy)] for image in images}
        )
        return self.rollback.plan(images, to, watching, self)

    def run(self, *names: str, to: str | None = None) -> list[ImageRollback]:
        plans = self.plan(*names, to=to)
        self.rollback.carry_out(plans, self.written.extend)
        return plans
