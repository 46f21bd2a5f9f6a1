"""After publishing: where runs without a common lock raced, the newest commit ends on top.

Two machines may both read the tags, and then write. Each looks once more after it has written. Whoever finds that an
older commit is selected over a newer one puts the newer image on top again, under a newer time: one manifest, no build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.build.labels import ALLOW_OLDER
from buildtool.core.commit.tags import parse_tag
from buildtool.usecases.push import selection
from buildtool.usecases.push.age import revision
from buildtool.usecases.push.plan import Published
from buildtool.usecases.push.transaction import Write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from buildtool.usecases.ports import Clock
    from buildtool.usecases.push.age import History
    from buildtool.usecases.push.live import LiveTags
    from buildtool.usecases.push.plan import ImagePlan, Plan
    from buildtool.usecases.push.result import Proven
    from buildtool.usecases.push.transaction import Transaction

_ROUNDS = 5


class _Rival(NamedTuple):
    """An image of another run that appeared since the plan was made."""

    commit: str
    published: Published


class Overtaken:
    """Settles races between runs that share no lock."""

    def __init__(self, live: LiveTags, history: History, transaction: Transaction, clock: Clock) -> None:
        self._live = live
        self._history = history
        self._transaction = transaction
        self._clock = clock

    def settle(self, plan: Plan, proven: Sequence[Proven], told: Callable[[Sequence[Write]], None]) -> list[Write]:
        """The tags written to put the newest commit on top; [] where it is there already. `told` hears of each."""
        written: list[Write] = []
        for _ in range(_ROUNDS):
            tags = self._live.read([image.plan.config for image in proven])
            writes = self._needed(plan, proven, tags, {write.tag for write in written})
            if not writes:
                break
            self._transaction.run(writes, lambda: True, told)
            written += writes
        return written

    def _needed(
        self, plan: Plan, proven: Sequence[Proven], tags: Mapping[str, Sequence[str]], mine: set[str]
    ) -> list[Write]:
        tops = [
            top
            for image in proven
            if image.plan.deployed
            and (top := self._top(plan, image, self._live.visible(image.plan.config, tags[image.plan.name]), mine))
        ]
        if not tops:
            return []
        if any(published.tag == image.tag for image, published in tops):  # images of one commit carry one tag
            named = {image.name for image, _ in tops}
            tops += [(one.plan, _own(one)) for one in proven if one.plan.deployed and one.plan.name not in named]
        newest = [selection.newest_time(image.plan.policy, tags[image.plan.name], plan.tag.branch) for image in proven]
        time = selection.next_time(self._clock.now(), newest)
        return [_write(image, plan.tag.branch, published, time) for image, published in tops]

    def _top(
        self, plan: Plan, image: Proven, visible: Sequence[str], mine: set[str]
    ) -> tuple[ImagePlan, Published] | None:
        """What has to be put on top of this image's tags, if the newest commit is not there."""
        own = _own(image)
        appeared = [tag for tag in visible if tag not in image.plan.seen and tag not in {own.tag, *mine}]
        rivals = [rival for tag in appeared if (rival := self._rival(image.plan, tag, plan.tag.branch))]
        if not rivals:
            return None
        best = own
        for rival in rivals:
            if self._goes_over(plan, rival, best):
                best = rival.published
        selected = selection.choices(image.plan.policy, visible, plan.tag.branch)
        on_top = {own.tag, *mine} if best is own else {best.tag}
        same = {rival.published.tag for rival in rivals if rival.published.proof.digest == best.proof.digest}
        return None if selected and set(selected) <= on_top | same else (image.plan, best)

    def _rival(self, image: ImagePlan, tag: str, branch: str) -> _Rival | None:
        parsed = parse_tag(tag)
        if parsed is None or parsed.dirty or parsed.branch != branch:
            return None
        published, _ = self._live.published(image.repository, tag)
        commit = revision(published) if published else None
        return _Rival(commit, published) if published and commit else None

    def _goes_over(self, plan: Plan, rival: _Rival, best: Published) -> bool:
        """Whether the rival's image has to be above `best`: a newer commit, or an older one put there on purpose."""
        current = revision(best) or plan.source.revision
        if rival.commit == current:
            return False
        if self._history.is_ancestor(rival.commit, current):
            return bool(rival.published.proof.label(ALLOW_OLDER))
        if self._history.is_ancestor(current, rival.commit):
            return not plan.allow_older
        return _sorts_over(rival.published, best)


def _own(image: Proven) -> Published:
    return Published(str(image.plan.tag), image.manifest, image.proof)


def _sorts_over(rival: Published, best: Published) -> bool:
    """Of commits whose order nobody knows the one with the newer tag stays; the same time is decided by the name."""
    one, other = parse_tag(rival.tag), parse_tag(best.tag)
    return one is not None and other is not None and (one.time, one.sha) > (other.time, other.sha)


def _write(image: ImagePlan, branch: str, published: Published, time: int) -> Write:
    parsed = parse_tag(published.tag)
    sha = parsed.sha if parsed else str(revision(published))[:7]
    return Write(image.name, image.repository, f"{branch}-{sha}-{time}", published.manifest)
