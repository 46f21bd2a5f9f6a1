"""The tags that a rollback writes, checked before the first change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.commit.marks import is_rolled_back, mark_for
from buildtool.core.commit.tags import parse_tag
from buildtool.core.flux.hidden_tag import Hidden
from buildtool.core.flux.policy import hidden, refusal, select
from buildtool.errors import ROLLBACK_LOSES, ROLLBACK_VISIBLE_MARK, BuildtoolError, raise_first
from buildtool.usecases.push import selection
from buildtool.usecases.push.transaction import Write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.usecases.rollback.standing import RollbackCandidate, Standing


_MARKED = "the bad image would be deployed again under it"


@dataclass(frozen=True, slots=True)
class ImageRollback:
    """One image goes from `standing.current` to `target`.

    `tag` is the new tag on the target's digest; None where the target is deployed already. `mark` goes on the bad
    image; None where that is not said to be bad: going forward to a newer image says nothing against the older one.
    """

    standing: Standing
    target: RollbackCandidate
    tag: str | None
    mark: str | None

    @property
    def name(self) -> str:
        return self.standing.name

    def marks(self) -> list[Write]:
        if self.mark is None:
            return []
        return [Write(self.name, self.standing.repository, self.mark, self.standing.current.manifest)]

    def tags(self) -> list[Write]:
        if self.tag is None:
            return []
        return [Write(self.name, self.standing.repository, self.tag, self.target.published.manifest)]


def plan_rollback(
    chosen: Sequence[tuple[Standing, RollbackCandidate]], watching: Sequence[ImagePolicy], now: int
) -> list[ImageRollback]:
    """The tags for all images, under one time; raises rollback-loses and rollback-visible-mark before any change.

    `watching` are the policies that see what is written for these images; `now` is unix seconds.
    """
    newest = [_newest(standing) for standing, _ in chosen]
    time = selection.next_time(now, newest)
    return [_planned(standing, target, time, watching) for standing, target in chosen]


def _planned(
    standing: Standing, target: RollbackCandidate, time: int, watching: Sequence[ImagePolicy]
) -> ImageRollback:
    if target.published.proof.digest == standing.current.proof.digest:
        return ImageRollback(standing, target, None, None)
    tag = new_tag(target.tag, time)
    if tag is None or select(standing.policy, [*standing.visible, tag]).winner != tag:
        raise _loses(standing, target, tag)
    mark = mark_for(standing.current.tag) if _goes_back(standing, target) else None
    if mark is not None:
        raise_first(hidden.judge(Hidden("a rollback's mark", mark, _MARKED), watching, ROLLBACK_VISIBLE_MARK))
    return ImageRollback(standing, target, tag, mark)


def _loses(standing: Standing, target: RollbackCandidate, tag: str | None) -> BuildtoolError:
    """Why Flux would not select the target under its new tag: the policy takes no such tag, or prefers another."""
    why, fix = refusal(standing.policy, tag or target.tag), f"buildtool policy explain {standing.name}"
    if not why:
        why = (
            f"ImagePolicy {standing.policy.ref} would not select {tag or 'a tag of ours'} over "
            f"{standing.current.tag}: a newer time does not win there"
        )
        fix = f"buildtool rollback {standing.name} --to {target.tag} --withdraw"
    place = str(standing.policy.place) if standing.policy.place else None
    return BuildtoolError(ROLLBACK_LOSES, f"{standing.name}: {why}", fix=fix, place=place)


def new_tag(tag: str, time: int) -> str | None:
    """The tag of an image again, under another time; None for a tag that is not one of ours."""
    parsed = parse_tag(tag)
    return None if parsed is None else f"{parsed.branch}-{parsed.sha}-{time}"


def _goes_back(standing: Standing, target: RollbackCandidate) -> bool:
    """Whether the target is the older image: going back says that the current one is bad."""
    if is_rolled_back(target.tag, standing.every):
        return False
    ours, theirs = parse_tag(standing.first_tag), parse_tag(target.tag)
    return ours is None or theirs is None or theirs.time < ours.time


def _newest(standing: Standing) -> int | None:
    times = [parsed.time for parsed in map(parse_tag, standing.every) if parsed]
    policy = selection.newest_time(standing.policy, standing.visible, "")
    return max([*times, *([policy] if policy is not None else [])], default=None)
