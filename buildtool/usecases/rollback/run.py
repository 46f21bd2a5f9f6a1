"""The whole of `rollback`, on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from buildtool.core.flux.policy import select
from buildtool.core.image.proof import problems
from buildtool.errors import MIRROR_INCOMPLETE, PROOF_FAILED, TAG_EXISTS, BuildtoolError
from buildtool.usecases.prove import wrong_programs
from buildtool.usecases.rollback.plan import plan_rollback

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from buildtool.config import ImageConfig
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.usecases.ports import Clock, LayerCache, Registry
    from buildtool.usecases.push.live import LiveTags
    from buildtool.usecases.push.mirroring import Mirroring
    from buildtool.usecases.push.transaction import Transaction, Write
    from buildtool.usecases.rollback.plan import ImageRollback
    from buildtool.usecases.rollback.standing import RollbackCandidate, Standing, Standings
    from buildtool.usecases.rollback.target import Targets


class Choosing(Protocol):
    """What a person is shown and asked."""

    def standing(
        self, standing: Standing, candidates: Sequence[RollbackCandidate], target: RollbackCandidate
    ) -> None: ...


class Rollback:
    """Plans and carries out the rollback of one or several images, together, under one time."""

    def __init__(
        self,
        standings: Standings,
        targets: Targets,
        proof: TargetProof,
        transaction: Transaction,
        mirroring: Mirroring,
        clock: Clock,
    ) -> None:
        self._standings = standings
        self._targets = targets
        self._proof = proof
        self._transaction = transaction
        self._mirroring = mirroring
        self._clock = clock

    def plan(
        self, images: Sequence[ImageConfig], to: str | None, watching: Sequence[ImagePolicy], shown: Choosing
    ) -> list[ImageRollback]:
        """What would be written. Raises rollback-target, rollback-loses, rollback-visible-mark, proof-failed."""
        chosen = []
        for standing in self._standings.of(images):
            candidates = self._standings.candidates(standing)
            target = self._targets.choose(standing, to, candidates)
            shown.standing(standing, candidates, target)
            chosen.append((standing, target))
        return self.plan_chosen(chosen, watching)

    def plan_chosen(
        self, chosen: Sequence[tuple[Standing, RollbackCandidate]], watching: Sequence[ImagePolicy]
    ) -> list[ImageRollback]:
        """The same for targets that are chosen already. Raises rollback-loses, rollback-visible-mark, proof-failed."""
        plans = plan_rollback(chosen, watching, self._clock.now())
        for one in plans:
            self._proof.check(one)
        return plans

    def carry_out(self, plans: Sequence[ImageRollback], written: Callable[[Sequence[Write]], None]) -> None:
        """Mark the bad images, then publish the good ones under their new tags: each all together or not at all.

        Then the same at their mirrors, which keeps no rollback from being carried out. A run that was killed in between
        is completed by the same command: the mark is there already, the tags follow.
        """
        done: list[Write] = []
        for writes in ([one.marks() for one in plans], [one.tags() for one in plans]):
            every = [write for image in writes for write in image]
            if every and not self._transaction.run(
                every, lambda: self._standings.still([plan.standing for plan in plans]), written
            ):
                raise BuildtoolError(
                    TAG_EXISTS,
                    "another tag was published meanwhile, and Flux does not select what it selected when this began",
                    fix="run the command again: it begins from what is deployed now",
                )
            done += every
        try:
            self._mirroring.follow(done, self._transaction, written)
        except BuildtoolError as error:
            where = ", ".join(write.reference for write in done)
            message = f"rolled back where the images are published ({where}), and not at their mirrors: {error.message}"
            raise BuildtoolError(MIRROR_INCOMPLETE, message, place=error.place) from error


class TargetProof:
    """Proves an image once more before it is deployed again."""

    def __init__(self, registry: Registry, layers: LayerCache) -> None:
        self._registry = registry
        self._layers = layers

    def check(self, plan: ImageRollback) -> None:
        """Raises proof-failed where the target is not, or not any more, what its tag says."""
        proof, standing = plan.target.published.proof, plan.standing
        revision = plan.target.revision or ""
        wrong = problems(proof, digest=proof.digest, platforms=standing.image.platforms, revision=revision)
        wrong = wrong or wrong_programs(self._registry, self._layers, standing.repository, proof)
        if wrong:
            message = f"{standing.repository.at(plan.target.tag)}: {'; '.join(wrong)}; nothing was changed"
            raise BuildtoolError(PROOF_FAILED, message)


def selected_now(live: LiveTags, plan: ImageRollback) -> str | None:
    """What Flux selects from the live tags."""
    tags = live.read([plan.standing.image])[plan.name]
    return select(plan.standing.policy, live.visible(plan.standing.image, tags)).winner
