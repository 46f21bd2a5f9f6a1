"""Makes the plan: one tag for all images of the run, what Flux makes of it, and which images need no build."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from buildtool.core.build.labels import INPUTS
from buildtool.core.commit.tags import parse_tag
from buildtool.core.flux.policy import select
from buildtool.usecases.push import selection
from buildtool.usecases.push.one_tag import one_tag
from buildtool.usecases.push.plan import ImagePlan, Plan
from buildtool.usecases.push.preflight import tag_at
from buildtool.usecases.push.rolled_back import RolledBackImages
from buildtool.usecases.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.config import Config, ImageConfig
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
    """One image in the registry: all tags, those that Flux sees, what is deployed, and what is said about that."""

    image: ImageConfig
    policy: ImagePolicy | None
    every: Sequence[str]
    visible: Sequence[str]
    before: str | None
    published: Published | None
    warning: str


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
        self._digests: dict[str, Inputs] = {}

    def plan(self, options: PushOptions, *, at: int | None = None) -> Plan:
        """Read the live tags and decide; raises older-commit, rolled-back and policy-mismatch.

        `at` is the time that the tag had in an earlier plan (unix seconds): taken again if it is still the newest.
        """
        tags = self._live.read(self._ready.images)
        now = self._clock.now()
        branch = self._tag(now).branch
        newest = [
            selection.newest_time(self._ready.policies[image.name], tags[image.name], branch)
            for image in self._ready.images
        ]
        tag = self._tag(selection.next_time(now if at is None else at, newest))
        live = side_by_side(
            [
                lambda image=image: self._look(image, tags[image.name], tag, deploy=options.deploy)  # type: ignore[misc]
                for image in self._ready.images
            ]
        )
        warnings = [*self._ready.warnings, *(found.warning for found in live if found.warning)]
        if tag.time > now + selection.SKEW_WARNING and at is None:
            warnings.append(
                f"the newest published tag is {tag.time - 1 - now} s in the future; this one gets its time + 1 s"
            )
        images = [self._image(found, tag, options, warnings) for found in live]
        tag, images = one_tag(tag, images)
        selected = [self._selected(image) for image in images]
        return Plan(tag, self._ready.source, selected, warnings, allow_older=options.allow_older)

    def still_holds(self, plan: Plan, options: PushOptions) -> bool:
        """Whether the plan would be made again now; raises what makes it impossible (an older commit by now).

        Read right before publishing: whatever appeared or went since the plan was made is judged anew.
        """
        tags = self._live.read([image.config for image in plan.images])
        ours = {self._config.push.candidate_tag, self._config.cache.tag}
        if all(set(tags[image.name]) - ours == image.seen - ours for image in plan.images):
            return True
        again = {image.name: image for image in self.plan(options, at=plan.tag.time).images}
        return all(_publishes_the_same(image, again[image.name]) for image in plan.images)

    def _tag(self, time: int) -> Tag:
        return tag_at(self._config, self._ready.source, time)

    def _look(self, image: ImageConfig, tags: Sequence[str], tag: Tag, *, deploy: bool) -> _Live:
        policy, visible = self._ready.policies[image.name], self._live.visible(image, tags)
        before = selection.current(policy, visible, tag.branch)
        deployed = before if deploy and not tag.dirty else selection.current(None, visible, tag.branch)
        if deployed is None:
            return _Live(image, policy, tags, visible, before, None, "")
        published, warning = self._live.published(self._config.repository(image.name), deployed)
        return _Live(image, policy, tags, visible, before, published, warning)

    def _image(self, live: _Live, tag: Tag, options: PushOptions, warnings: list[str]) -> ImagePlan:
        image, published = live.image, live.published
        if published is not None and options.deploy and not tag.dirty:
            warnings += [unknown] if (unknown := self._age.check(image.name, published)) else []
        inputs = self._digests.setdefault(image.name, self._inputs.of(image))
        warnings += inputs.warnings
        why = self._why(image, published, inputs, tag, options)
        if why and options.deploy and not tag.dirty:
            marks = RolledBackImages(self._live, self._ready.source, allowed=options.allow_rolled_back)
            marks.check(image.name, self._config.repository(image.name), live.every, inputs)
        return ImagePlan(
            config=image,
            repository=self._config.repository(image.name),
            inputs=inputs,
            policy=live.policy,
            before=live.before,
            after=live.before,
            builds=bool(why),
            tag=tag.text if why else None,
            published=published,
            seen=frozenset(live.every),
            visible=tuple(live.visible),
            deployed=options.deploy and not tag.dirty,
            why=why,
        )

    def _why(
        self, image: ImageConfig, published: Published | None, inputs: Inputs, tag: Tag, options: PushOptions
    ) -> str:
        """Why the image is built, in a few words; "" where building again would change nothing."""
        if options.force or tag.dirty:
            return "--force" if options.force else "uncommitted files"
        if not inputs.digest:
            return inputs.unknown
        if published is None:
            return "nothing is published yet"
        parsed = parse_tag(published.tag)
        reasons = {
            f"{published.tag} is not of this branch": parsed is None or parsed.branch != tag.branch,
            "other platforms": set(published.proof.platforms) != {one.normalized() for one in image.platforms},
            "changed inputs": published.proof.label(INPUTS) != inputs.digest,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")

    def _selected(self, image: ImagePlan) -> ImagePlan:
        """With what Flux will select; raises policy-mismatch where it would not be the tag of this run."""
        if image.tag is None or image.policy is None:
            return image
        if image.deployed:
            selection.require_win(image.name, image.policy, image.visible, image.tag)
        return image.selecting(select(image.policy, [*image.visible, image.tag]).winner)


def _publishes_the_same(image: ImagePlan, again: ImagePlan) -> bool:
    return again.digest == image.digest if image.tag is None else again.tag == image.tag
