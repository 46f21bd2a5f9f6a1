"""What the image automations of a repository do in it: the run of each for given images, and what each may write.

Which automation writes what a policy selects is decided in one place, `Manifests.writing`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from buildtool.core.flux.setters.blanked import Scope
from buildtool.core.flux.setters.runs import Run
from buildtool.core.flux.tree.sources import Where

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.flux.automations import Automation
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.setters import LatestImage


def runs_of(images: Mapping[str, LatestImage], manifests: Manifests) -> list[Run]:
    """One run for each automation that writes any of the images, which are keyed by policy, `namespace:name`.

    A suspended automation does not run.
    """
    writing = {policy: manifests.writing(policy) for policy in images}
    runs = [
        _run(one, {key: image for key, image in images.items() if one in writing[key]})
        for one in manifests.working
        if not one.suspended
    ]
    return [run for run in runs if run.images]


def _run(automation: Automation, images: Mapping[str, LatestImage]) -> Run:
    return Run(_automation_name(automation), automation.path, images)


def scopes(manifests: Manifests) -> list[Scope]:
    """What each automation may write: its path, and the policies whose setters it sets.

    A repository without one that works on it may be written by an automation that is defined elsewhere: all of it.
    """
    if not manifests.working:
        return [Scope("", lambda _: True)]
    return [Scope(one.path, partial(_writes, one, manifests)) for one in manifests.working]


def _writes(automation: Automation, manifests: Manifests, policy: str) -> bool:
    return automation in manifests.writing(policy)


def notes_on(runs: Sequence[Run], manifests: Manifests) -> list[str]:
    """What is not known, or left out, about the automations of these runs, one sentence each."""
    mine = {run.automation for run in runs}
    said = [
        f"{_automation_name(one)} is shown, but whether {one.source} is this repository is not known"
        for one in manifests.working
        if one.where is Where.UNKNOWN and _automation_name(one) in mine
    ]
    if mine == {""}:
        return said
    return said + left_out(manifests)


def left_out(manifests: Manifests) -> list[str]:
    """Why automations do not run here, one sentence each."""
    reasons = {
        _automation_name(one): "it is suspended" if one.suspended else f"it works on {one.source}, another repository"
        for one in manifests.automations
        if one.suspended or one.where is Where.ELSEWHERE
    }
    return [f"{name} is left out: {reason}" for name, reason in reasons.items()]


def _automation_name(automation: Automation) -> str:
    return f"{automation.namespace}/{automation.name}"
