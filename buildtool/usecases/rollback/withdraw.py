"""Rollback where the newest time does not win: the newer tags are removed from what the policy sees.

Each stays in the registry as `withdrawn-<tag>`. All are taken away, or none: a registry that cannot is found out before
the first change, and what was taken away before a failure is put back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from buildtool.core.commit.marks import WITHDRAWN, mark_for
from buildtool.core.flux.hidden_tag import Hidden
from buildtool.core.flux.policy import select
from buildtool.core.flux.policy.hidden import judge
from buildtool.core.registry.contents import RemovalWay, TagRemoval
from buildtool.core.registry.services import deletion
from buildtool.errors import REGISTRY_DENIED, ROLLBACK_LOSES, ROLLBACK_VISIBLE_MARK, BuildtoolError, raise_first
from buildtool.usecases.push.transaction import Write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import Manifest
    from buildtool.usecases.push.transaction import Signals
    from buildtool.usecases.rollback.standing import RollbackCandidate, Standing

_KEPT = "the withdrawn image would be deployed again under it"
_MOST = 50  # tags newer than the target; more says that the target is a mistake


class Withdrawing(Protocol):
    """The part of a registry that this needs."""

    def manifest(self, repository: Repository, reference: str) -> Manifest: ...
    def put_manifest(self, repository: Repository, tag: str, manifest: Manifest) -> None: ...
    def remove_tag(self, repository: Repository, tag: str) -> TagRemoval: ...


class RemovalWays(Protocol):
    """Whether a registry can take tags away."""

    def removal_way(self, repository: Repository) -> RemovalWay:
        """How one tag could be taken away; changes nothing, and raises registry-denied where this account may not."""
        ...


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One image: these tags are taken away, so that Flux selects the target."""

    standing: Standing
    target: RollbackCandidate
    tags: Sequence[str]


def plan_withdrawal(standing: Standing, target: RollbackCandidate, watching: Sequence[ImagePolicy]) -> Withdrawal:
    """The tags that Flux prefers to the target, in its order.

    Raises rollback-loses where the target would not be next, and rollback-visible-mark where one of `watching`, the
    policies that see the repository, takes the tag under which a withdrawn image is kept.
    """
    left, above = list(standing.visible), []
    while (winner := select(standing.policy, left).winner) is not None and winner != target.tag:
        above.append(winner)
        left.remove(winner)
        if len(above) > _MOST:
            break
    if winner != target.tag:
        raise BuildtoolError(
            ROLLBACK_LOSES,
            f"{standing.name}: even without {len(above)} newer tags Flux would not select {target.tag}",
            fix=f"buildtool policy explain {standing.name}",
        )
    for tag in above:
        kept = Hidden("the tag of a withdrawn image", mark_for(tag, WITHDRAWN), _KEPT)
        raise_first(judge(kept, watching, ROLLBACK_VISIBLE_MARK))
    return Withdrawal(standing, target, above)


class Withdrawer:
    """Carries withdrawals out."""

    def __init__(self, registry: Withdrawing, ways: RemovalWays, signals: Signals) -> None:
        self._registry = registry
        self._ways = ways
        self._signals = signals

    def require_possible(self, withdrawals: Sequence[Withdrawal]) -> None:
        """Raises registry-denied where a tag cannot be taken away there; nothing is changed."""
        for one in withdrawals:
            repository = one.standing.repository
            if one.tags and self._ways.removal_way(repository) is RemovalWay.NONE:
                raise BuildtoolError(
                    REGISTRY_DENIED,
                    f"{repository.at(one.tags[0])} cannot be taken away: this registry removes no tags; nothing was "
                    "changed",
                    fix=_by_hand(one)
                    or "switch deleting on in the registry, or go back by suspending the ImageRepository",
                )

    def carry_out(self, withdrawals: Sequence[Withdrawal], withdrawn: Callable[[str], None]) -> None:
        """Keep every tag as `withdrawn-<tag>`, then take it away; puts back what was taken away when one cannot be."""
        begun: list[Write] = []
        with self._signals.held():
            try:
                for one in withdrawals:
                    for tag in one.tags:
                        self._withdraw(one, tag, begun)
                        withdrawn(one.standing.repository.at(tag))
            except BaseException as error:
                left = self._put_back(begun)
                raise _failure(error, left) from error

    def _withdraw(self, one: Withdrawal, tag: str, begun: list[Write]) -> None:
        """`begun` gets the tag before it is taken away: where the answer is lost, it may be gone all the same."""
        repository = one.standing.repository
        manifest = self._registry.manifest(repository, tag)
        self._registry.put_manifest(repository, mark_for(tag, WITHDRAWN), manifest)
        begun.append(Write(one.standing.name, repository, tag, manifest))
        if self._registry.remove_tag(repository, tag) is TagRemoval.UNSUPPORTED:
            raise BuildtoolError(REGISTRY_DENIED, f"{repository.at(tag)} cannot be taken away")

    def _put_back(self, begun: Sequence[Write]) -> list[str]:
        """What could not be put back, each with the reason."""
        left = []
        for write in begun:
            try:
                self._registry.put_manifest(write.repository, write.tag, write.manifest)
            except BuildtoolError as error:
                left.append(f"{write.reference} ({error.message})")
        return left


def _by_hand(one: Withdrawal) -> str:
    """Where a person takes the tag away, for the services whose registry never does."""
    repository = one.standing.repository
    place = deletion(repository.host, repository.path, one.tags[0])
    return f"delete it by hand ({place}), or go back by suspending the ImageRepository" if place else ""


def _failure(error: BaseException, left: Sequence[str]) -> BaseException:
    if not isinstance(error, BuildtoolError):
        return error
    words = f"; taken away and not put back: {', '.join(left)}" if left else "; every tag is where it was"
    return BuildtoolError(error.kind, f"{error.message}{words}", fix=error.fix, place=error.place)
