"""The whole of `push`, on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.errors import TAG_EXISTS, BuildtoolError
from buildtool.usecases.push.same_result import without_same_results

if TYPE_CHECKING:
    from buildtool.usecases.push.building import Building
    from buildtool.usecases.push.options import PushOptions
    from buildtool.usecases.push.outlook import Outlook
    from buildtool.usecases.push.preparation import Preparation
    from buildtool.usecases.push.publishing import Publisher
    from buildtool.usecases.push.recorder import Recorder
    from buildtool.usecases.push.result import PushResult

# Another run may publish while this one builds; the plan is then made again with a newer time, from the build cache.
_ROUNDS = 8


def push(  # the steps, in their order
    preparation: Preparation,
    building: Building,
    publisher: Publisher,
    outlook: Outlook,
    recorder: Recorder,
    options: PushOptions,
) -> PushResult:
    """Everything from the checkout to what Flux will do: raises with nothing published, or returns with all of it."""
    for _ in range(_ROUNDS):
        plan = preparation.plan(options)
        with building.made(plan) as built:
            plan, proven = without_same_results(building.noted(plan), built, force=options.force)
            preparation.remember(plan)
            writes = publisher.publish(plan, proven, options)
        if writes is not None:
            return outlook.published(plan, proven, writes)
        recorder.warn("another push published meanwhile: planning again")
    raise BuildtoolError(TAG_EXISTS, f"other pushes published first, {_ROUNDS} times in a row")


def dry_run(preparation: Preparation, outlook: Outlook, options: PushOptions) -> PushResult:
    """What `push` would do: everything up to the plan, and nothing after it."""
    return outlook.planned(preparation.plan(options))
