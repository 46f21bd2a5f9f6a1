"""After publishing: where runs without a common lock raced, the newest commit ends on top.

Two machines may both read the tags, and then write. Each looks once more after it has written. Whoever finds that an
older commit is selected over a newer one puts the newer image on top again, under a newer time: one manifest, no build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.commit.marks import is_rolled_back
from buildtool.core.commit.tags import parse_tag
from buildtool.core.image.labels import ALLOW_OLDER
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


class _Top(NamedTuple):
    """What belongs on top of one image's tags: `best`, of this commit; `selected` is its tag if it is there already."""

    image: ImagePlan
    best: Published
    commit: str
    selected: str | None

    @property
    def short(self) -> str:
        """The commit as it stands in the tag."""
        parsed = parse_tag(self.best.tag)
        return parsed.sha if parsed else self.commit[:7]


class Overtaken:
    """Makes Flux select the newest commit where runs without a common lock published at the same time."""

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
            writes = self._needed(plan, proven, tags, written)
            if not writes:
                break
            self._transaction.run(writes, lambda: True, told)
            written += writes
        return written

    def _needed(
        self, plan: Plan, proven: Sequence[Proven], tags: Mapping[str, Sequence[str]], written: Sequence[Write]
    ) -> list[Write]:
        tops = [
            self._top(plan, image, self._live.visible(image.plan.config, tags[image.plan.name]), written)
            for image in proven
            if image.plan.deployed
        ]
        wrong = {top.commit for top in tops if not top.selected}
        if not wrong:
            return _joined(tops)
        newest = [selection.newest_time(image.plan.policy, tags[image.plan.name], plan.tag.branch) for image in proven]
        time = selection.next_time(self._clock.now(), newest)
        # images of one commit carry one tag: where one of them has to be put on top, all are
        return [_write(top, f"{plan.tag.branch}-{top.short}-{time}") for top in tops if top.commit in wrong]

    def _top(self, plan: Plan, image: Proven, visible: Sequence[str], written: Sequence[Write]) -> _Top:
        """What belongs on top of this image's tags, and whether it is there, under whatever tag."""
        own = Published(str(image.plan.tag), image.manifest, image.proof)
        mine = {write.tag: write.manifest.digest for write in written if write.name == image.plan.name}
        mine[own.tag] = own.proof.digest
        appeared = [tag for tag in visible if tag not in image.plan.seen and tag not in mine]
        rivals = [rival for tag in appeared if (rival := self._rival(image.plan, tag, plan.tag.branch))]
        best, commit = own, plan.source.revision
        if is_rolled_back(own.tag, visible):  # what is above it is there on purpose
            return _Top(image.plan, own, commit, own.tag)
        for rival in rivals:
            if self._goes_over(plan, rival, best):
                best, commit = rival.published, rival.commit
        on_top = {tag for tag, digest in mine.items() if digest == best.proof.digest}
        on_top |= {rival.published.tag for rival in rivals if rival.published.proof.digest == best.proof.digest}
        chosen = selection.choices(image.plan.policy, visible, plan.tag.branch)
        return _Top(image.plan, best, commit, chosen[0] if chosen and set(chosen) <= on_top else None)

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


def _sorts_over(rival: Published, best: Published) -> bool:
    """Of commits whose order nobody knows the one with the newer tag stays; the same time is decided by the name."""
    one, other = parse_tag(rival.tag), parse_tag(best.tag)
    return one is not None and other is not None and (one.time, one.sha) > (other.time, other.sha)


def _joined(tops: Sequence[_Top]) -> list[Write]:
    """Another run may have put one image of a commit on top, and not the other: the other gets the same tag."""
    writes = []
    for top in tops:
        others = [one for one in tops if one.commit == top.commit and _time(one.selected) > _time(top.selected)]
        if others:
            writes.append(_write(top, str(max(others, key=lambda one: _time(one.selected)).selected)))
    return writes


def _time(tag: str | None) -> int:
    parsed = parse_tag(tag or "")
    return parsed.time if parsed else 0


def _write(top: _Top, tag: str) -> Write:
    return Write(top.image.name, top.image.repository, tag, top.best.manifest)
