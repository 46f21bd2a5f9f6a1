"""Makes the plan: one tag for all images of the run, what Flux makes of it, and which images need no build."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from buildtool.core.build.base_digests import moves_since
from buildtool.core.commit.tags import parse_tag
from buildtool.core.flux.policy import newest_number, select
from buildtool.core.registry import clock
from buildtool.usecases.hidden_tags import hidden_tags
from buildtool.usecases.push import releases, selection
from buildtool.usecases.push.further import FurtherFate
from buildtool.usecases.push.further_judge import FurtherTags
from buildtool.usecases.push.one_tag import one_tag
from buildtool.usecases.push.plan import ImagePlan, Plan, unread
from buildtool.usecases.push.preflight import tag_at
from buildtool.usecases.push.rolled_back import RolledBackImages
from buildtool.usecases.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.build.base_digests import Move
    from buildtool.core.build.inputs import Inputs
    from buildtool.core.commit.tags import Tag
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.usecases.ports import Clock
    from buildtool.usecases.push.age import Age
    from buildtool.usecases.push.live import LiveTags
    from buildtool.usecases.push.options import PushOptions
    from buildtool.usecases.push.plan import Published
    from buildtool.usecases.push.preflight import Ready


class InputDigests(Protocol):
    """What images are made from."""

    def of(self, image: ImageConfig) -> Inputs:
        """One digest over everything that reaches the image; empty with the reason where that cannot be known."""
        ...


class _Live(NamedTuple):
    """One image in the registry: all tags, those that Flux sees, what is deployed, and what is said about that.

    `deployed` are the tags that may be deployed now: several where Flux's choice between them is random. `published` is
    what could be read under them.
    """

    image: ImageConfig
    policy: ImagePolicy | None
    every: Sequence[str]
    visible: Sequence[str]
    deployed: Sequence[str]
    published: Sequence[Published]
    warnings: Sequence[str]


class Planner:
    """Plans one run. `plan` may be called again: everything in the registry is then read anew."""

    def __init__(  # the parts of a plan, by name
        self, ready: Ready, config: Config, live: LiveTags, inputs: InputDigests, age: Age, clock: Clock
    ) -> None:
        self._ready = ready
        self._config = config
        self._live = live
        self._inputs = inputs
        self._age = age
        self._clock = clock
        self.further = FurtherTags(live, age, ready.source)
        self._digests: dict[str, Inputs] = {}

    def plan(self, options: PushOptions, *, at: int | None = None) -> Plan:
        """Read the live tags and decide; raises older-commit, rolled-back and policy-mismatch.

        `at` is the time that the tag had in an earlier plan (unix seconds): taken again if it is still the newest.
        """
        tags = self._live.read(self._ready.images)
        now = self._clock.now()
        tag = self._tag(self._time(tags, now if at is None else at, now))
        live = side_by_side(
            [
                lambda image=image: self._look(image, tags[image.name], tag, deploy=options.deploy)  # type: ignore[misc]
                for image in self._ready.images
            ]
        )
        warnings = [*self._ready.warnings, *(warning for found in live for warning in found.warnings)]
        images = [self._image(found, tag, options, warnings) for found in live]
        tag, images = one_tag(tag, images)
        images = [self._with_further(image) for image in images]
        if tag.time > now + clock.TOLERATED and any(image.tag is not None for image in images):
            warnings.append(f"{tag} is {tag.time - now} s in the future: it has to be newer than what is published")
        selected = [self._selected(image, tag, options, warnings) for image in images]
        warnings += [
            f"{image.name}: {one.tag} stays: {one.why}"
            for image in selected
            for one in image.further
            if one.fate is FurtherFate.STAYS
        ]
        return Plan(
            tag,
            self._ready.source,
            selected,
            warnings,
            allow_older=options.allow_older,
            outside=self._ready.outside,
        )

    def still_holds(self, plan: Plan, options: PushOptions) -> bool:
        """Whether the plan would be made again now; raises what makes it impossible (an older commit by now).

        Read right before publishing: whatever appeared or went since the plan was made is judged anew.
        """
        tags = self._live.read([image.config for image in plan.images])
        ours = {one.tag for one in hidden_tags(self._config, list(tags))}
        if all(set(tags[image.name]) - ours == image.seen - ours for image in plan.images):
            return True
        again = {image.name: image for image in self.plan(options, at=plan.tag.time).images}
        return all(_publishes_the_same(image, again[image.name]) for image in plan.images)

    def _tag(self, time: int) -> Tag:
        return tag_at(self._config, self._ready.source, time)

    def _time(self, tags: Mapping[str, Sequence[str]], wanted: int, now: int) -> int:
        """The time of the tag; a version is ordered by itself."""
        if self._ready.source.release is not None:
            return wanted
        newest = [self._newest(image, tags[image.name], self._tag(now)) for image in self._ready.images]
        return selection.next_time(wanted, newest)

    def _with_further(self, image: ImagePlan) -> ImagePlan:
        wanted = self._ready.further.get(image.name, ())
        digest = None if image.builds else image.digest
        return replace(image, further=self.further.planned(image.repository, wanted, image.seen, digest))

    def _newest(self, image: ImageConfig, tags: Sequence[str], own: Tag) -> int | None:
        """The greatest time published. A policy's numbers count where it takes the time out of a tag of ours."""
        policy = self._ready.policies[image.name]
        if policy is not None and newest_number(policy, [own.text]) != own.time:
            policy = None
        return selection.newest_time(policy, tags, own.branch)

    def _look(self, image: ImageConfig, tags: Sequence[str], tag: Tag, *, deploy: bool) -> _Live:
        visible = self._live.visible(image, tags)
        policy = self._ready.policies[image.name]
        counts = policy if deploy and not tag.dirty else None
        if tag.version is None:
            deployed = selection.choices(counts, visible, tag.branch)
        else:
            before = tag.text if tag.text in tags else releases.below(counts, visible, tag.version)
            deployed = [before] if before else []
        found = [self._live.published(self._config.repository(image.name), one) for one in deployed]
        published = [one for one, _ in found if one is not None]
        return _Live(image, policy, tags, visible, deployed, published, [warning for _, warning in found if warning])

    def _image(self, live: _Live, tag: Tag, options: PushOptions, warnings: list[str]) -> ImagePlan:
        image = live.image
        inputs = self._digests.setdefault(image.name, self._inputs.of(image))
        own = next((one for one in live.published if one.tag == tag.text), None)
        if own is not None:
            releases.require_same(image.name, own, inputs, self._ready.source.revision)
        if options.deploy and not tag.dirty:
            read = {published.tag: published for published in live.published}
            checked = [self._age.check(image.name, read.get(one) or unread(one)) for one in live.deployed]
            warnings += [unknown for unknown in checked if unknown]
        warnings += inputs.warnings
        moved, unknown = _bases(live.published, inputs)
        why = self._why(live, inputs, tag, options)
        if why:
            warnings += [f"{image.name}: {one}" for one in unknown]
        elif tag.version is not None:  # it is published, and a version stays as it is
            warnings += [f"{image.name}: version {tag} stays as it is: {one}" for one in [*map(str, moved), *unknown]]
            moved = []
        else:
            why = "; ".join([*map(str, moved), *unknown])
        before = _current(live, tag)
        if why and options.deploy and not tag.dirty:
            marks = RolledBackImages(self._live, self._ready.source, allowed=options.allow_rolled_back)
            marks.check(image.name, self._config.repository(image.name), live.every, inputs)
        return ImagePlan(
            config=image,
            repository=self._config.repository(image.name),
            inputs=inputs,
            policy=live.policy,
            before=before,
            after=before,
            builds=bool(why),
            tag=tag.text if why else None,
            published=_published(live, tag),
            seen=frozenset(live.every),
            visible=tuple(live.visible),
            deployed=options.deploy and not tag.dirty,
            why=why,
            mirrors=self._config.mirrors_of(image.name),
            moved=moved,
        )

    def _why(self, live: _Live, inputs: Inputs, tag: Tag, options: PushOptions) -> str:
        """Why the image is built, in a few words; "" where building again would change nothing."""
        if options.force or tag.dirty:
            return "--force" if options.force else "uncommitted files"
        if tag.version is not None and live.deployed != [tag.text]:
            return f"release {tag}"
        if not inputs.digest:
            return inputs.unknown
        if len(live.deployed) != 1:
            return (
                f"Flux chooses at random: {', '.join(live.deployed)}" if live.deployed else "nothing is published yet"
            )
        if not live.published:
            return f"{live.deployed[0]} cannot be read as an image"
        image, published = live.image, live.published[0]
        parsed = parse_tag(published.tag)
        reasons = {
            f"{published.tag} is not of this branch": tag.version is None
            and (parsed is None or parsed.branch != tag.branch),
            "other platforms": set(published.proof.platforms) != {one.normalized() for one in image.platforms},
            "changed inputs": inputs.digest not in {made for made, _ in published.makings},
        }
        return next((reason for reason, holds in reasons.items() if holds), "")

    def _selected(self, image: ImagePlan, tag: Tag, options: PushOptions, warnings: list[str]) -> ImagePlan:
        """With what Flux will select; raises policy-mismatch and older-version where that is not what was asked for."""
        if image.tag is None or image.policy is None:
            return image
        lower = ""
        if image.deployed and tag.version is not None:
            lower = releases.require_highest(image.name, image.policy, image.visible, tag, allowed=options.allow_older)
            warnings += [lower] if lower else []
        if lower:
            pass  # said, and wanted: Flux stays with the higher version
        elif image.deployed:
            selection.require_win(image.name, image.policy, image.visible, image.tag)
        else:
            selection.require_no_deploy(image.name, image.policy, image.visible, image.tag)
        return image.selecting(select(image.policy, [*image.visible, image.tag]).winner)


def _current(live: _Live, tag: Tag) -> str | None:
    """The tag that is deployed now; without a policy the newest of the branch, or the highest version."""
    if tag.version is not None and live.policy is None:
        return releases.highest(live.visible)
    return selection.current(live.policy, live.visible, tag.branch)


def _published(live: _Live, tag: Tag) -> Published | None:
    """The image that is not built again where nothing changed: the one that is deployed, of a release its own."""
    if not len(live.published) == len(live.deployed) == 1:
        return None
    return live.published[0] if tag.version is None or live.deployed[0] == tag.text else None


def _bases(published: Sequence[Published], inputs: Inputs) -> tuple[list[Move], Sequence[str]]:
    """The base images that moved since the image was published, and what could not be looked up: it is built then."""
    if inputs.bases is None:
        return [], ()
    moved = moves_since(published[0].makings, inputs.digest, inputs.bases) if len(published) == 1 else []
    return moved, inputs.bases.unknown


def _publishes_the_same(image: ImagePlan, again: ImagePlan) -> bool:
    """The same tag on the same image: one that is built now, or the one that is published."""
    same = (again.tag, again.builds) == (image.tag, image.builds)
    return same and (image.builds or again.digest == image.digest)
