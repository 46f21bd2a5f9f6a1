"""The stations of one image, and the one sentence where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.commit.marks import is_mark, is_rolled_back, mark_for
from buildtool.core.commit.tags import parse_tag
from buildtool.core.commit.versions import version_of
from buildtool.core.flux.policy import select
from buildtool.core.status import downstream, upstream, what_runs
from buildtool.core.status.station import Name, Reached, Unseen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.status.seen import ImageFacts
    from buildtool.core.status.station import Station

_WAY = (
    upstream.commit,
    upstream.published,
    upstream.selected,
    downstream.committed,
    downstream.applied,
    what_runs.running,
)


@dataclass(frozen=True, slots=True)
class Journey:
    """One image. `stations` are all six, in order; `marks` the tags that say which image was rolled back or withdrawn.

    `overtaken` is the newer tag that Flux selects instead of `tag`, "" for none; `rolled_back` the mark that `tag`
    carries, "" for none.
    """

    image: str
    tag: str | None
    stations: Sequence[Station]
    marks: Sequence[str] = ()
    overtaken: str = ""
    rolled_back: str = ""

    @property
    def stuck(self) -> Station | None:
        """The first station that is known not to be reached."""
        return next((one for one in self.stations if one.state is Reached.NO), None)

    @property
    def last(self) -> Station | None:
        """The furthest station reached; None where there is none behind the commit."""
        reached = [one for one in self.stations if one.reached and one.name is not Name.COMMIT]
        return reached[-1] if reached else None

    @property
    def arrived(self) -> bool:
        """Whether the image is as far as can be seen: nothing is missing up to the last one looked at."""
        looked = [one for one in self.stations if one.looked]
        return self.stuck is None and bool(looked) and looked[-1].reached and self.last is not None

    @property
    def live(self) -> bool:
        """Whether it is known to run."""
        return self.arrived and self.stations[-1].reached

    @property
    def pending(self) -> Station | None:
        """The station that is waited for: the one that is not reached, else the first unknown one behind the last."""
        if self.stuck is not None or self.arrived:
            return self.stuck
        at = self.stations.index(self.last) if self.last is not None else 0
        return next((one for one in self.stations[at:] if one.state is Reached.UNKNOWN and one.looked), None)

    @property
    def sentence(self) -> str:
        """Where the image stands, why, and what is not known."""
        if self.live:
            return "it runs"
        pending = self.pending
        if pending is not None:
            word = "not" if pending.state is Reached.NO else "unknown whether it is"
            return f"{word} {pending.name}: {pending.cause or pending.evidence}"
        unknown = ", ".join(one.name for one in self.stations if one.state is Reached.UNKNOWN)
        return f"{self.last.name if self.last else 'nothing is known'}; not looked at: {unknown}"

    @property
    def fix(self) -> str:
        """What to do; "" where there is nothing to do."""
        return self.pending.fix if self.pending is not None else ""


def journey(facts: ImageFacts) -> Journey:
    """Judge the facts of one image."""
    stations = tuple(judge(facts) for judge in _WAY)
    every = [] if isinstance(facts.tags, Unseen) else list(facts.tags.every)
    target = facts.target
    back = mark_for(target) if target is not None and is_rolled_back(target, every) else ""
    marks = sorted(tag for tag in every if is_mark(tag))
    return Journey(facts.image, target, stations, marks, "" if back else _overtaken(facts), back)


def _overtaken(facts: ImageFacts) -> str:
    if facts.policy is None or facts.target is None or isinstance(facts.tags, Unseen) or not facts.tags.visible:
        return ""
    winner = select(facts.policy, facts.tags.visible).winner
    higher, own = version_of(winner), version_of(facts.target)
    if higher is not None and own is not None:
        return winner or "" if higher.compare(own) > 0 else ""
    theirs, ours = parse_tag(winner or ""), parse_tag(facts.target)
    return winner or "" if theirs is not None and ours is not None and theirs.time > ours.time else ""
