"""The plan: one tag for all images of the run, what Flux makes of it, and which images need no build."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.build.labels import INPUTS, REVISION
from buildtool.core.commit.tags import parse_tag
from buildtool.core.flux.policy import select
from buildtool.usecases.prove import read_back
from buildtool.usecases.push import selection
from buildtool.usecases.push.harbor import concerns
from buildtool.usecases.push.model import ImagePlan, Plan
from buildtool.usecases.push.preflight import tag_at
from buildtool.usecases.push.unchanged import inputs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from buildtool.config import ImageConfig
    from buildtool.core.commit.tags import Tag
    from buildtool.core.image.names import Repository
    from buildtool.core.image.proof import Proof
    from buildtool.usecases.push.model import PushOptions, PushPorts
    from buildtool.usecases.push.preflight import Ready


def make_plan(ports: PushPorts, ready: Ready, options: PushOptions) -> Plan:
    """Read the live tags and decide; raises older-commit and policy-mismatch."""
    there = {image.name: list(ports.registry.tags(ports.config.repository(image.name))) for image in ready.images}
    tags = {image.name: _visible(ports, image, there[image.name]) for image in ready.images}
    branch = tag_at(ports.config, ready.source, ports.clock.now()).branch
    newest = [selection.newest_time(ready.policies[name], found, branch) for name, found in tags.items()]
    now = ports.clock.now()
    tag = tag_at(ports.config, ready.source, selection.next_time(now, newest))
    warnings = list(ready.warnings)
    if tag.time > now + selection.SKEW_WARNING:
        warnings.append(
            f"the newest published tag is {tag.time - 1 - now} s in the future; this one gets its time + 1 s"
        )
    images = [_image_plan(ports, ready, options, image, tags[image.name], tag, warnings) for image in ready.images]
    candidate = ports.config.push.candidate_tag
    images = [replace(image, candidate_left=candidate in there[image.name]) for image in images]
    if ready.harbor is not None:
        used = None if ready.builder.pushes_by_digest else candidate
        warnings += concerns(ready.harbor, images, tag.text, used, now)
    return Plan(tag, ready.source, ready.builder, images, warnings)


def seen_tags(ports: PushPorts, image: ImageConfig) -> list[str]:
    """The tags of the image's repository that Flux sees."""
    return _visible(ports, image, ports.registry.tags(ports.config.repository(image.name)))


def _visible(ports: PushPorts, image: ImageConfig, tags: Iterable[str]) -> list[str]:
    repository = ports.manifests.repository_of(image.policy) if image.policy else None
    return selection.visible(tags, repository)


def taken_meanwhile(ports: PushPorts, plan: Plan) -> bool:
    """Whether another push published with this plan's time, or a later one, since the plan was made."""
    newest = [
        selection.newest_time(image.policy, seen_tags(ports, image.config), plan.tag.branch) for image in plan.to_build
    ]
    return any(time is not None and time >= plan.tag.time for time in newest)


def _image_plan(  # noqa: PLR0913, PLR0917 -- the one place where all of these meet
    ports: PushPorts,
    ready: Ready,
    options: PushOptions,
    image: ImageConfig,
    tags: Sequence[str],
    tag: Tag,
    warnings: list[str],
) -> ImagePlan:
    policy, repository = ready.policies[image.name], ports.config.repository(image.name)
    deployed = options.deploy and not tag.dirty
    before = selection.current(policy, tags, tag.branch)
    published = before if deployed else selection.current(None, tags, tag.branch)
    proof = _published(ports, repository, published, warnings)
    if deployed and published:
        _check_age(ports, options, image.name, published, proof, warnings)
    inputs = inputs_of(ports, image)
    if (
        not options.force
        and not tag.dirty
        and published
        and proof
        and _is_unchanged(proof, inputs, published, tag, image)
    ):
        return ImagePlan(image, repository, inputs, policy, before, before, published, proof)
    if policy is not None and deployed:
        selection.require_win(image.name, policy, tags, tag.text)
    after = select(policy, [*tags, tag.text]).winner if policy else None
    return ImagePlan(image, repository, inputs, policy, before, after)


def _published(ports: PushPorts, repository: Repository, tag: str | None, warnings: list[str]) -> Proof | None:
    """What is under the published tag; None where it is gone, is no image (another tool's), or may not be read."""
    if tag is None:
        return None
    try:
        return read_back(ports.registry, repository, tag)[1]
    except errors.BuildtoolError as error:
        if error.kind is errors.REGISTRY_SCAN:
            warnings.append(f"{repository.at(tag)}, which is published, can be read by nobody now: {error.message}")
        elif error.kind not in {errors.PROOF_FAILED, errors.REGISTRY_NOT_FOUND}:
            raise
        return None


def _is_unchanged(proof: Proof, inputs: str, published: str, tag: Tag, image: ImageConfig) -> bool:
    """Same inputs, same branch, and still there for every platform: building again would change nothing."""
    parsed = parse_tag(published)
    return (
        bool(inputs)
        and proof.label(INPUTS) == inputs
        and parsed is not None
        and parsed.branch == tag.branch
        and set(proof.platforms) == {platform.normalized() for platform in image.platforms}
    )


def _check_age(  # noqa: PLR0913, PLR0917
    ports: PushPorts, options: PushOptions, name: str, published: str, proof: Proof | None, warnings: list[str]
) -> None:
    """Refuse to publish a commit that the published one already contains."""
    parsed = parse_tag(published)
    there = (proof.label(REVISION) if proof else None) or (parsed.sha if parsed else None)
    mine = ports.repo.facts.sha
    if there is None or mine.startswith(there):
        return
    older = ports.repo.is_ancestor(mine, there)
    if older is None:
        warnings.append(
            f"{name}: commit {there[:12]} of the published tag {published} is not in this clone: whether it is newer "
            f"is unknown; get it with {ports.repo.fetch_hint()}"
        )
    elif older and not options.allow_older:
        raise errors.BuildtoolError(
            errors.OLDER_COMMIT,
            f"{name}: {published} was built from {ports.repo.named(there)}, "
            f"a descendant of HEAD {ports.repo.named(mine)}",
        )
