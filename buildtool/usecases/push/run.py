"""The whole of `push`, on one screen."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from buildtool.core.flux.policy import select
from buildtool.errors import TAG_EXISTS, BuildtoolError
from buildtool.usecases.push import building, publishing
from buildtool.usecases.push.model import Outcome, PushResult
from buildtool.usecases.push.next_commit import next_commit
from buildtool.usecases.push.plan import make_plan, seen_tags, taken_meanwhile
from buildtool.usecases.push.preflight import preflight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.image.proof import Proof
    from buildtool.usecases.push.model import ImagePlan, Plan, Proven, PushOptions, PushPorts

# Another run may publish while this one builds; the plan is then made again with a newer time, from the build cache.
_ROUNDS = 3


def push(ports: PushPorts, options: PushOptions) -> PushResult:
    """Everything from the checkout to what Flux will do: raises with nothing published, or returns with all of it."""
    began = ports.clock.now()
    ports.report.heading("Preflight")
    ready = preflight(ports, options)
    for _ in range(_ROUNDS):
        plan = make_plan(ports, ready, options)
        ports.report.plan(plan)
        if options.dry_run:
            return _result(ports, plan, [_planned(image, plan) for image in plan.images], began, dry_run=True)
        _remove_leftovers(ports, plan)
        proven = _attempt(ports, plan) if plan.to_build else []
        if proven is not None:
            return _result(ports, plan, _outcomes(ports, plan, proven), began)
        ports.report.warn("another push published meanwhile: continuing with a newer time")
    raise BuildtoolError(TAG_EXISTS, f"other pushes published first, {_ROUNDS} times in a row")


def _attempt(ports: PushPorts, plan: Plan) -> list[Proven] | None:
    """Build, push unseen, prove, publish; None when another push took this plan's time before it could be published."""
    candidate = building.candidate_tag(ports.config, plan)
    ports.report.heading(f"Build and push {'under ' + candidate if candidate else 'by digest'}, where no policy looks")
    # The docker driver pushes what its engine has under the candidate's name: one run at a time on one machine.
    alone = ports.lock(f"{ports.config.registry} {candidate}") if candidate else nullcontext()
    try:
        with alone:
            proven = building.build(ports, plan, lambda digests: publishing.prove(ports, plan, digests))
        ports.report.proven(proven)
        ports.report.heading("Publish")
        with ports.lock(ports.config.registry):
            if taken_meanwhile(ports, plan):
                return None
            publishing.publish(ports, plan, proven)
        return proven
    finally:
        if candidate:
            publishing.remove_candidates(ports, plan.to_build, candidate)


def _remove_leftovers(ports: PushPorts, plan: Plan) -> None:
    """Candidate tags that an earlier run left, of images that this one does not push."""
    left = [image for image in plan.images if image.candidate_left and image.keeps is not None]
    publishing.remove_candidates(ports, left, ports.config.push.candidate_tag)


def _outcomes(ports: PushPorts, plan: Plan, proven: Sequence[Proven]) -> list[Outcome]:
    """What became of every image, and what Flux makes of the live list of tags."""
    proofs = {image.plan.name: image.proof for image in proven}
    outcomes = []
    for image in plan.images:
        if image.keeps is not None:
            outcomes.append(Outcome(image, image.keeps, "unchanged", image.kept, image.after))
        else:
            outcomes.append(_published(ports, plan, image, proofs[image.name]))
    return outcomes


def _published(ports: PushPorts, plan: Plan, image: ImagePlan, proof: Proof) -> Outcome:
    """What Flux selects now. The tags are there: not being able to look again changes nothing about that."""
    after, unread = image.after, None
    try:
        after = select(image.policy, seen_tags(ports, image.config)).winner if image.policy else None
    except BuildtoolError as error:
        unread = f"{error.place}: {error.message}"
    return Outcome(image, plan.tag.text, "published", proof, after, unread)


def _planned(image: ImagePlan, plan: Plan) -> Outcome:
    if image.keeps is not None:
        return Outcome(image, image.keeps, "unchanged", image.kept, image.after)
    return Outcome(image, plan.tag.text, "planned", None, image.after)


def _result(
    ports: PushPorts, plan: Plan, outcomes: Sequence[Outcome], began: int, *, dry_run: bool = False
) -> PushResult:
    warnings = list(plan.warnings)
    for outcome in outcomes:
        if outcome.unread:
            warnings.append(f"{outcome.plan.name}: published; whether Flux selects it is not known: {outcome.unread}")
        expected = outcome.plan.after
        if outcome.status == "published" and expected is not None and outcome.after != expected:
            warnings.append(f"{outcome.plan.name}: another push won: Flux selects {outcome.after}, not {outcome.tag}")
    changes = next_commit(ports.manifests, ports.texts, outcomes)
    return PushResult(plan, outcomes, tuple(warnings), changes, ports.clock.now() - began, dry_run)
