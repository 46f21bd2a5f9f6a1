"""Publishes what is proven: under the plan's tags, if the plan still holds at that very moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from buildtool.errors import BuildtoolError
from buildtool.usecases.push.transaction import Write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.usecases.push.further import Further
    from buildtool.usecases.push.further_writer import FurtherWriter
    from buildtool.usecases.push.mirroring import Mirroring
    from buildtool.usecases.push.options import PushOptions
    from buildtool.usecases.push.overtaken import Overtaken
    from buildtool.usecases.push.plan import Plan
    from buildtool.usecases.push.planner import Planner
    from buildtool.usecases.push.recorder import Recorder
    from buildtool.usecases.push.result import Proven
    from buildtool.usecases.push.transaction import Transaction


class BesideTheTags(NamedTuple):
    """What is published with the tags of a run: copies at mirrors, an image put back on top after a race, more tags."""

    mirroring: Mirroring
    overtaken: Overtaken
    further: FurtherWriter


class Publisher:
    """The end of a push: from proven images to tags that Flux sees. `written` is given those that are published."""

    def __init__(
        self,
        transaction: Transaction,
        planner: Planner,
        beside: BesideTheTags,
        recorder: Recorder,
        written: list[Write],
    ) -> None:
        self._transaction = transaction
        self._planner = planner
        self._mirroring, self._overtaken, self._further = beside
        self._recorder = recorder
        self._written = written

    def publish(self, plan: Plan, proven: Sequence[Proven], options: PushOptions) -> list[Write] | None:
        """The tags that are published; None, with nothing published, where the plan has to be made again."""
        writes = [Write(one.plan.name, one.plan.repository, str(one.plan.tag), one.manifest) for one in proven]
        writes += self._mirroring.copies(plan, proven)
        if not writes:
            return []
        self._recorder.heading("Publish")
        if not self._transaction.run(writes, lambda: self._planner.still_holds(plan, options), self._written.extend):
            return None
        self._recorder.published(writes)
        self._require_kept(plan, writes)
        return [*writes, *self._put_newest_on_top(plan, proven)]

    def further(self, plan: Plan, proven: Sequence[Proven]) -> Mapping[str, Sequence[Further]]:
        """Write the further tags of all images, unchanged ones too; what became of each, by image."""
        if any(one.written for image in plan.images for one in image.further) and not proven:
            self._recorder.heading("Publish")
        return self._further.write(plan, proven, self._written.extend)

    def _require_kept(self, plan: Plan, writes: Sequence[Write]) -> None:
        """Refuse to go on where another run wrote another image under the same version at the same moment."""
        for write in writes if plan.tag.version is not None else ():
            self._transaction.require_there(write)

    def _put_newest_on_top(self, plan: Plan, proven: Sequence[Proven]) -> list[Write]:
        """What was written because another push published at the same moment; versions are in order by themselves.

        The tags of the run are there: not being able to look for other pushes changes nothing about that.
        """
        over: list[Write] = []
        if plan.tag.version is not None:
            return over

        def told(writes: Sequence[Write]) -> None:
            self._written.extend(writes)
            over.extend(writes)

        try:
            self._overtaken.settle(plan, proven, told)
        except BuildtoolError as error:
            self._recorder.warn(
                f"published; whether another push published an older commit on top at the same moment is not known: "
                f"{error.message}"
            )
        if over:
            over += self._follow(list(over))
            self._recorder.published(over)
            self._recorder.warn(
                "another push published at the same moment; the newest commit was put on top: "
                + ", ".join(write.reference for write in over)
            )
        return over

    def _follow(self, over: Sequence[Write]) -> list[Write]:
        """The same at the mirrors."""
        try:
            return self._mirroring.follow(over, self._transaction, self._written.extend)
        except BuildtoolError as error:
            mirrors = "the mirrors do not have it: run the same command again"
            self._recorder.warn(f"the newest commit was put on top, and {mirrors}: {error.message}")
            return []
