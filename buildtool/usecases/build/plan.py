"""The plan of a build: that of a push, as far as no registry has to be asked. Every image is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.registry import clock
from buildtool.usecases.images import chosen_images
from buildtool.usecases.push.options import PushOptions
from buildtool.usecases.push.plan import ImagePlan, Plan
from buildtool.usecases.push.preflight import Ready, require_repository, source_of, tag_at

if TYPE_CHECKING:
    from buildtool.config import Config
    from buildtool.core.commit.checkout import Checkout
    from buildtool.core.commit.ci import CiFacts
    from buildtool.core.commit.tags import Tag
    from buildtool.usecases.build.options import BuildOptions
    from buildtool.usecases.ports import Context
    from buildtool.usecases.push.options import Source
    from buildtool.usecases.push.planner import InputDigests


UNNAMED = "local"
_NO_NAME = {errors.GIT_NO_BRANCH, errors.GIT_NO_VERSION, errors.GIT_OTHER_COMMIT, errors.BRANCH_COLLISION}


def plan_build(  # the facts of the run, one by one
    config: Config, checkout: Checkout, ci: CiFacts, options: BuildOptions, now: int, context: Context
) -> Plan:
    """The tag, and what lies outside of the repository, without images; `now` is unix seconds.

    Raises clock-skew, git-*, branch-collision, usage, outside-repository.
    """
    images = chosen_images(config, options.images)
    errors.raise_first(clock.never_set(now))
    source, tag, unnamed = _named(config, checkout, ci, options, now)
    ready = Ready(source, images, {}, [*tag.notes, *unnamed])
    refused = ci.running and not options.allow_outside
    ready = require_repository(ready, config, context, checkout.root, refused=refused)
    warnings = list(ready.warnings)
    if source.dirty:
        warnings.append("the work tree has uncommitted changes: they are in the images")
    return Plan(tag, source, [], warnings, outside=ready.outside)


def _named(
    config: Config, checkout: Checkout, ci: CiFacts, options: BuildOptions, now: int
) -> tuple[Source, Tag, list[str]]:
    """The commit and its tag.

    Nothing is published, so that a branch that no push could have (a pull request from a fork's own master, a commit
    checked out without a branch) is no reason to build nothing: the tag then names none, and a warning says why.
    """
    try:
        source = source_of(config, checkout, ci, PushOptions(branch=options.branch, allow_dirty=True))
        return source, tag_at(config, source, now), []
    except errors.BuildtoolError as error:
        if options.branch is not None or error.kind not in _NO_NAME:
            raise
        source = source_of(config, checkout, ci, PushOptions(branch=UNNAMED, allow_dirty=True))
        return source, tag_at(config, source, now), [f'{error.message}: built as branch "{UNNAMED}" (or --branch NAME)']


def with_images(plan: Plan, config: Config, options: BuildOptions, inputs: InputDigests) -> Plan:
    """The plan with its images; their inputs are looked at for the label that push would write."""
    digests = [(image, inputs.of(image)) for image in chosen_images(config, options.images)]
    images = [
        ImagePlan(
            config=image,
            repository=config.repository(image.name),
            inputs=found,
            policy=None,
            before=None,
            after=None,
            builds=True,
            tag=plan.tag.text,
            deployed=False,
        )
        for image, found in digests
    ]
    warnings = [*plan.warnings, *(warning for _, found in digests for warning in found.warnings)]
    return Plan(plan.tag, plan.source, images, warnings, outside=plan.outside)
