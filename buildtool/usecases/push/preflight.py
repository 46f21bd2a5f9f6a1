"""What is wrong in the checkout, the configuration and the manifests: neither docker nor the registry is asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.commit.checkout import uncommitted
from buildtool.core.commit.further_tags import Run, further_tags
from buildtool.core.commit.naming import build_facts, tag_of
from buildtool.core.commit.tags import BuildFacts
from buildtool.core.flux.policy import takes
from buildtool.core.flux.watching import ambiguous, elsewhere
from buildtool.core.registry import clock
from buildtool.usecases.images import chosen_images
from buildtool.usecases.push import selection
from buildtool.usecases.push.bake_targets import bases
from buildtool.usecases.push.further_judge import require_untaken
from buildtool.usecases.push.options import Source
from buildtool.usecases.push.outside import outside, require_inside
from buildtool.usecases.push.releases import require_versions
from buildtool.usecases.tag import also_released

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.commit.checkout import Checkout
    from buildtool.core.commit.ci import CiFacts
    from buildtool.core.commit.further_tags import FurtherTag
    from buildtool.core.commit.tags import Tag
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.errors.findings import Finding
    from buildtool.usecases.ports import Context
    from buildtool.usecases.push.options import PushOptions
    from buildtool.usecases.push.outside import Outside


@dataclass(frozen=True, slots=True)
class Ready:
    """The commit, the images that were asked for, each image's policy (None without one), and warnings.

    `outside` is what these images, and those they are built on, use outside of the repository. `further` are the tags
    of each image beside the one of the build.
    """

    source: Source
    images: Sequence[ImageConfig]
    policies: Mapping[str, ImagePolicy | None]
    warnings: Sequence[str]
    outside: Sequence[Outside] = ()
    further: Mapping[str, Sequence[FurtherTag]] = field(default_factory=dict)


def preflight(  # the facts of the run, one by one
    config: Config, manifests: Manifests, checkout: Checkout, ci: CiFacts, options: PushOptions, now: int
) -> Ready:
    """`now` is unix seconds.

    Raises clock-skew, git-*, dirty-tree, branch-collision, usage, config-invalid, policy-unknown, policy-mismatch and
    further-tag.
    """
    images = chosen_images(config, options.images)
    source = source_of(config, checkout, ci, options)
    errors.raise_first(clock.never_set(now))
    policies = {image.name: selection.policy_of(image, manifests) for image in images}
    tag = tag_at(config, source, now)
    if source.release is not None and tag.dirty:
        errors.raise_first(_dirty_release(checkout.changes))
    _check_policies(policies, tag, deploy=options.deploy)
    selection.require_all_hidden(config, manifests, policies)
    further = {image.name: _further(config, image, policies[image.name], source, tag, options) for image in images}
    keys = dict.fromkeys(image.policy for image in images if image.policy)
    several = [warning for key in keys if (warning := ambiguous(manifests, key))]
    warnings = [*tag.notes, *_also_released(config, checkout, ci, source), *several]
    warnings += [*require_untaken(config, manifests, further), *_watched_elsewhere(config, manifests, images)]
    return Ready(source, images, policies, warnings, further=further)


def require_repository(  # what is asked of the disk
    ready: Ready, config: Config, context: Context, root: str, *, refused: bool
) -> Ready:
    """The same with what lies outside of the repository at `root`; raises outside-repository where that is refused."""
    found = outside(config, [*ready.images, *bases(config, ready.images)], context, root)
    if refused:
        require_inside(found, config)
    return replace(ready, outside=found)


def source_of(config: Config, checkout: Checkout, ci: CiFacts, options: PushOptions) -> Source:
    """The commit that is built; raises dirty-tree unless uncommitted files were asked for."""
    if not options.allow_dirty:
        errors.raise_first(uncommitted(checkout.changes))
    facts = build_facts(
        checkout.head, ci, config.tag, flag=options.branch, time=checkout.commit_time, release=options.release
    )
    url = ci.source_url or checkout.source or ""
    time = checkout.commit_time
    return Source(facts.branch, facts.branch_source, facts.sha, time, facts.dirty, url, facts.release, facts.request)


def tag_at(config: Config, source: Source, time: int) -> Tag:
    """The tag of this commit at a time in unix seconds."""
    facts = BuildFacts(source.branch, source.branch_source, source.revision, time, source.dirty, source.release)
    return tag_of(facts, config.tag)


def _dirty_release(changes: Sequence[str]) -> Iterator[Finding]:
    """A version names a commit: uncommitted files cannot be part of it, whatever is allowed."""
    for finding in uncommitted(changes):
        yield replace(finding, fix="commit or stash them: a release is a commit, --allow-dirty does not change that")


def _also_released(config: Config, checkout: Checkout, ci: CiFacts, source: Source) -> list[str]:
    facts = BuildFacts(source.branch, source.branch_source, source.revision, source.time, source.dirty, source.release)
    return also_released(checkout.head, ci, facts, config.tag.release)


def _further(  # the facts of the run, one by one
    config: Config, image: ImageConfig, policy: ImagePolicy | None, source: Source, tag: Tag, options: PushOptions
) -> list[FurtherTag]:
    """The further tags of an image in this run; a shared one only of a build that is deployed."""
    taken = takes(policy, tag.text) if policy is not None and image.tags else False
    deployed = options.deploy and (taken or source.release is not None or source.branch in config.tag.branches)
    return further_tags(image.tags, Run(tag, source.request, deployed))


def _check_policies(policies: Mapping[str, ImagePolicy | None], tag: Tag, *, deploy: bool) -> None:
    for name, policy in policies.items():
        if policy is None:
            continue
        if tag.dirty:
            selection.require_dirty_hidden(name, policy, tag.text)
        elif deploy and tag.version is not None:
            require_versions(name, policy, tag.text)
        elif deploy:
            selection.require_match(name, policy, tag.text)


def _watched_elsewhere(config: Config, manifests: Manifests, images: Sequence[ImageConfig]) -> list[str]:
    """A push may be told another registry than the committed one (BUILDTOOL_REGISTRY): it goes on."""
    return [
        f"{finding.message}: what is said about Flux holds for a cluster that reads its tags there"
        for image in images
        if image.policy
        for finding in elsewhere(manifests, image.name, config.places(image.name), image.policy)
    ]
