"""Writes the further tags, when the tags of the run are there: together, or put back where they were.

Two machines may both read where a tag points, and then move it. Each looks once more after it has written: whoever
finds that a newer commit was published meanwhile moves the tag on to that one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.commit.further_tags import FurtherTag
from buildtool.core.commit.tags import parse_tag
from buildtool.core.commit.versions import version_of
from buildtool.errors import TAG_EXISTS, BuildtoolError
from buildtool.usecases.push import releases
from buildtool.usecases.push.age import revision
from buildtool.usecases.push.further import FurtherFate
from buildtool.usecases.push.plan import Published
from buildtool.usecases.push.transaction import Write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from buildtool.core.image.names import Repository
    from buildtool.usecases.push.age import History
    from buildtool.usecases.push.further import Further
    from buildtool.usecases.push.further_judge import FurtherTags
    from buildtool.usecases.push.live import LiveTags
    from buildtool.usecases.push.mirroring import Mirroring
    from buildtool.usecases.push.plan import ImagePlan, Plan
    from buildtool.usecases.push.recorder import Recorder
    from buildtool.usecases.push.result import Proven
    from buildtool.usecases.push.transaction import Transaction

    Told = Callable[[Sequence[Write]], None]
    Done = dict[tuple[str, str], Further]  # by image and template

_ROUNDS = 5


class FurtherWriter:
    """The last step of a push."""

    def __init__(
        self,
        live: LiveTags,
        tags: FurtherTags,
        history: History,
        transaction: Transaction,
        mirroring: Mirroring,
        recorder: Recorder,
    ) -> None:
        self._live = live
        self._tags = tags
        self._history = history
        self._transaction = transaction
        self._mirroring = mirroring
        self._stay: set[str] = set()  # tags at mirrors that were told of
        self._recorder = recorder

    def write(self, plan: Plan, proven: Sequence[Proven], told: Told) -> Mapping[str, Sequence[Further]]:
        """What became of each further tag, by image. `told` hears of what is written as soon as it is there.

        Raises what the registry raises, and interrupted; then the tags point where they did, but for those that the
        message names.
        """
        built = {one.plan.name: Published(str(one.plan.tag), one.manifest, one.proof) for one in proven}
        images = {image.name: image for image in plan.images if any(one.tag for one in image.further)}
        own = {name: found for name, image in images.items() if (found := built.get(name) or image.published)}
        done: Done = {(image.name, one.template): one for image in plan.images for one in image.further}
        try:
            self._settle(plan, [images[name] for name in own], own, done, told)
        except BuildtoolError as error:
            tags = [image.repository.at(one.tag) for image in images.values() for one in image.further if one.tag]
            names = ", ".join(tags)
            raise BuildtoolError(
                error.kind, f"further tags ({names}): {error.message}", fix=error.fix, place=error.place
            ) from error
        return {image.name: [done[image.name, one.template] for one in image.further] for image in plan.images}

    def _settle(
        self, plan: Plan, images: Sequence[ImagePlan], own: Mapping[str, Published], done: Done, told: Told
    ) -> None:
        for _ in range(_ROUNDS if images else 0):
            writes = self._needed(plan, images, own, done)
            if not writes:
                return
            self._mirroring.bring(writes)
            try:
                self._transaction.run(writes, lambda: True, told)
            except BuildtoolError as error:
                if error.kind is not TAG_EXISTS:
                    raise
                continue  # another run has moved one since it was read: nothing is written yet, look again
            self._recorder.published(writes)
        if images:
            self._recorder.warn("other pushes move the same further tags: whether they point at the newest is unknown")

    def _needed(self, plan: Plan, images: Sequence[ImagePlan], own: Mapping[str, Published], done: Done) -> list[Write]:
        tags = self._live.read([image.config for image in images])
        writes: list[Write | None] = []
        for image in images:
            every = tags[image.name]
            newest = self._newest(plan, image, own[image.name], every)
            for planned in image.further:
                if not planned.tag:
                    continue
                target = newest if plan.tag.version is None or "{" not in planned.template else own[image.name]
                wanted = [FurtherTag(planned.template, planned.tag)]
                [now] = self._tags.planned(image.repository, wanted, frozenset(every), target.proof.digest)
                self._note(image, now, done)
                if now.written:
                    writes.append(Write(image.name, image.repository, now.tag, target.manifest, now.before))
                if now.fate is not FurtherFate.STAYS:
                    writes += [self._at(mirror, image, wanted, target) for mirror in image.mirrors]
        return [write for write in writes if write is not None]

    def _at(
        self, mirror: Repository, image: ImagePlan, wanted: Sequence[FurtherTag], target: Published
    ) -> Write | None:
        """The same tag at a mirror, judged by what it points at there; None where nothing is to be written."""
        [now] = self._tags.planned(mirror, wanted, frozenset(self._live.tags(mirror)), target.proof.digest)
        if now.fate is FurtherFate.STAYS and mirror.at(now.tag) not in self._stay:
            self._stay.add(mirror.at(now.tag))
            self._recorder.warn(f"{mirror.at(now.tag)} stays: {now.why}")
        if not now.written:
            return None
        return Write(image.name, mirror, now.tag, target.manifest, now.before, mirror=True)

    def _note(self, image: ImagePlan, now: Further, done: Done) -> None:
        """Keep what becomes of the tag; what is written first counts, not that it is there afterwards."""
        key = image.name, now.template
        if now.fate is FurtherFate.STAYS and done[key].fate is not FurtherFate.STAYS:
            self._recorder.warn(f"{image.name}: {now.tag} stays: {now.why}")
        if now.fate is not FurtherFate.THERE or not done[key].written:
            done[key] = now

    def _newest(self, plan: Plan, image: ImagePlan, own: Published, tags: Sequence[str]) -> Published:
        """The image that tags which several builds share belong to: that of another run, where it is newer."""
        appeared = [tag for tag in tags if tag not in image.seen and tag != own.tag]
        if plan.tag.version is not None:
            higher = releases.highest([plan.tag.text, *(tag for tag in appeared if _is_release(tag))])
            rival = self._live.published(image.repository, str(higher))[0] if higher != plan.tag.text else None
            return rival or own
        best, commit = own, plan.source.revision
        for tag in appeared:
            rival = self._of_branch(image, tag, plan.tag.branch)
            theirs = revision(rival) if rival is not None else None
            if rival is None or theirs is None or commit.startswith(theirs):
                continue
            if self._history.is_ancestor(commit, theirs):
                best, commit = rival, theirs
        return best

    def _of_branch(self, image: ImagePlan, tag: str, branch: str) -> Published | None:
        parsed = parse_tag(tag)
        if parsed is None or parsed.dirty or parsed.branch != branch:
            return None
        return self._live.published(image.repository, tag)[0]


def _is_release(tag: str) -> bool:
    version = version_of(tag)
    return version is not None and not version.pre
