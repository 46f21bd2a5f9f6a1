"""Committed, applied: what stands in git on the remote, and what Flux's Kustomizations have made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.marker_name import TOKEN
from buildtool.core.status.station import Name, Reached, Station, Unseen
from buildtool.core.status.upstream import NO_POLICY, nothing_to_follow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.status.kubernetes import FluxObject
    from buildtool.core.status.seen import Applied, ImageFacts, SetterValue

_SHORT = 12


def committed(facts: ImageFacts) -> Station:
    """Whether every setter of the policy in the remote branch holds the tag."""
    if facts.policy is None:
        return NO_POLICY.at(Name.COMMITTED)
    if facts.target is None:
        return nothing_to_follow(Name.COMMITTED)
    if isinstance(facts.setters, Unseen):
        return facts.setters.at(Name.COMMITTED)
    values = facts.setters.values
    if not values:
        key = f"{facts.policy.namespace}:{facts.policy.name}"
        why = f"no file that an ImageUpdateAutomation writes holds a setter of {key} in the remote branch"
        fix = f'write # {{{TOKEN}: "{key}"}} behind the image, commit and push'
        return Station(Name.COMMITTED, Reached.NO, why, cause=why, fix=fix)
    behind = [value for value in values if value.tag != facts.target]
    if not behind:
        newest = newest_commit(values)
        evidence = f"{', '.join(_places(values))}: commit {newest.commit[:_SHORT]}"
        return Station(Name.COMMITTED, Reached.YES, evidence, newest.time)
    return _behind(facts, behind, facts.setters.elsewhere)


def newest_commit(values: Sequence[SetterValue]) -> SetterValue:
    """The value that was written last."""
    return max(values, key=lambda value: value.time or 0)


def _behind(facts: ImageFacts, behind: Sequence[SetterValue], elsewhere: str) -> Station:
    there = "; ".join(f"{place} holds {value.tag}" for place, value in zip(_places(behind), behind, strict=True))
    if elsewhere:
        cause = f"{there}; the automation writes to branch {elsewhere}, not to this one"
        fix = f"merge {elsewhere} into the deploy branch"
        return Station(Name.COMMITTED, Reached.NO, there, cause=cause, fix=fix)
    trouble, fix = _automation(facts)
    cause = f"{there}: {trouble}" if trouble else f"{there}: the automation writes the tag at its next run"
    return Station(Name.COMMITTED, Reached.NO, there, cause=cause, fix=fix)


def _automation(facts: ImageFacts) -> tuple[str, str]:
    """What keeps the automation from writing, as far as the cluster tells, and what to do."""
    if isinstance(facts.flux, Unseen):
        return f"what the automation does is not known ({facts.flux.reason})", "flux get images all -A"
    automations = facts.flux.automations
    if isinstance(automations, Unseen):
        return f"what the automation does is not known ({automations.reason})", "flux get images all -A"
    if not automations:
        return "no ImageUpdateAutomation of the cluster takes the policy", "flux get images update -A"
    for one in automations:
        if one.trouble():
            return one.trouble(), _fix(one, "image update")
    return "", _fix(automations[0], "image update")


def _places(values: Sequence[SetterValue]) -> list[str]:
    return list(dict.fromkeys(value.path for value in values)) if _one_file_each(values) else _with_setters(values)


def _one_file_each(values: Sequence[SetterValue]) -> bool:
    return len({value.path for value in values}) == len(values)


def _with_setters(values: Sequence[SetterValue]) -> list[str]:
    return [f"{value.path} ({value.setter})" for value in values]


def applied(facts: ImageFacts) -> Station:
    """Whether every Kustomization that applies a file with a setter has applied the commit, and found it healthy."""
    if facts.policy is None:
        return NO_POLICY.at(Name.APPLIED)
    if isinstance(facts.applied, Unseen):
        return facts.applied.at(Name.APPLIED)
    if not facts.applied:
        return Unseen("no Kustomization of the cluster has a path that holds a setter of the image").at(Name.APPLIED)
    before = committed(facts)
    if before.state is Reached.UNKNOWN:
        return Unseen("which commit holds the tag is not known").at(Name.APPLIED)
    return _by(facts.applied, committed=before.reached)


def _by(kustomizations: Sequence[Applied], *, committed: bool) -> Station:
    seen = "; ".join(_applied_words(one) for one in kustomizations)
    if not committed:
        return Station(Name.APPLIED, Reached.NO, seen, cause="the tag is not committed yet")
    late = [one for one in kustomizations if not one.holds]
    if late:
        return _late(late)
    times = [one.kustomization.flux.ready.time for one in kustomizations if one.kustomization.flux.ready]
    return Station(Name.APPLIED, Reached.YES, seen, max(filter(None, times), default=None))


def _late(late: Sequence[Applied]) -> Station:
    """The first that stands still explains more than one that only waits for it."""
    first = min(late, key=lambda one: _waits(one.kustomization.flux))
    seen = "; ".join(_applied_words(one) for one in late)
    flux = first.kustomization.flux
    trouble = flux.trouble() or f"{flux} applies the commit at its next run"
    state = Reached.UNKNOWN if all(one.holds is None for one in late) else Reached.NO
    if state is Reached.UNKNOWN:
        trouble = f"this clone does not know what {flux} has applied"
    return Station(Name.APPLIED, state, seen, cause=trouble, fix=_fix(flux, "kustomization"))


def _waits(flux: FluxObject) -> bool:
    return flux.ready is not None and flux.ready.reason == "DependencyNotReady"


def _applied_words(one: Applied) -> str:
    kustomization = one.kustomization
    return f"{kustomization.flux} has applied {(kustomization.applied or 'nothing')[:_SHORT]}"


def _fix(flux: FluxObject, kind: str) -> str:
    namespace, _, name = flux.name.partition("/")
    verb = "resume" if flux.suspended else "reconcile"
    return f"flux {verb} {kind} {name} -n {namespace}"
