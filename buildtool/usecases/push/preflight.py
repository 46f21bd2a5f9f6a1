"""What is wrong in the checkout, the configuration and the manifests: neither docker nor the registry is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.commit.checkout import Head, uncommitted
from buildtool.core.commit.naming import build_facts, tag_of
from buildtool.core.commit.tags import BuildFacts
from buildtool.core.flux.watching import ambiguous, elsewhere
from buildtool.core.registry import clock
from buildtool.usecases.images import chosen_images
from buildtool.usecases.push import selection
from buildtool.usecases.push.bake_targets import bases
from buildtool.usecases.push.options import Source
from buildtool.usecases.push.outside import outside, require_inside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.commit.checkout import Checkout
    from buildtool.core.commit.ci import CiFacts
    from buildtool.core.commit.tags import Tag
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.usecases.ports import Context
    from buildtool.usecases.push.options import PushOptions
    from buildtool.usecases.push.outside import Outside


@dataclass(frozen=True, slots=True)
class Ready:
    """The commit, the images that were asked for, each image's policy (None without one), and warnings.

    `outside` is what these images, and those they are built on, use outside of the repository.
    """

    source: Source
    images: Sequence[ImageConfig]
    policies: Mapping[str, ImagePolicy | None]
    warnings: Sequence[str]
    outside: Sequence[Outside] = ()


def preflight(  # the facts of the run, one by one
    config: Config, manifests: Manifests, checkout: Checkout, ci: CiFacts, options: PushOptions, now: int
) -> Ready:
    """`now` is unix seconds.

    Raises clock-skew, git-*, dirty-tree, branch-collision, usage, config-invalid, policy-unknown, policy-mismatch.
    """
    images = chosen_images(config, options.images)
    source = source_of(config, checkout, ci, options)
    errors.raise_first(clock.never_set(now))
    policies = {image.name: selection.policy_of(image, manifests) for image in images}
    tag = tag_at(config, source, now)
    _check_policies(policies, tag, deploy=options.deploy)
    selection.require_all_hidden(config, manifests, policies)
    keys = dict.fromkeys(image.policy for image in images if image.policy)
    several = [warning for key in keys if (warning := ambiguous(manifests, key))]
    warnings = [*tag.notes, *several, *_watched_elsewhere(config, manifests, images)]
    return Ready(source, images, policies, warnings)


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
    head = Head(checkout.sha, checkout.branch, checkout.dirty)
    facts = build_facts(head, ci, config.tag, flag=options.branch, time=checkout.commit_time)
    url = ci.source_url or checkout.source or ""
    return Source(facts.branch, facts.branch_source, facts.sha, checkout.commit_time, facts.dirty, url)


def tag_at(config: Config, source: Source, time: int) -> Tag:
    """The tag of this commit at a time in unix seconds."""
    facts = BuildFacts(source.branch, source.branch_source, source.revision, time, source.dirty)
    return tag_of(facts, config.tag)


def _check_policies(policies: Mapping[str, ImagePolicy | None], tag: Tag, *, deploy: bool) -> None:
    for name, policy in policies.items():
        if policy is None:
            continue
        if tag.dirty:
            selection.require_dirty_hidden(name, policy, tag.text)
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
