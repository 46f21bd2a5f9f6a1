"""The lines that Flux's next commit will change, now that it selects what it selects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.usecases.push.result import NextCommit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.setters import Change, LatestImage
    from buildtool.usecases.push.result import Outcome


def next_commit(manifests: Manifests, texts: Mapping[str, str], outcomes: Iterable[Outcome]) -> NextCommit:
    """What each ImageUpdateAutomation of the repository will write for the images of this run, in order of place.

    An automation that fails does not stop the others; its error is told.
    """
    if not manifests.automations:
        return NextCommit()
    from buildtool.core.flux import setters  # noqa: PLC0415 -- 40 ms

    images = {
        str(outcome.plan.config.policy): setters.LatestImage(repository.image, outcome.after)
        for outcome in outcomes
        if outcome.after and (repository := manifests.repository_of(str(outcome.plan.config.policy))) is not None
    }
    return changes_for(manifests, texts, images)


def changes_for(manifests: Manifests, texts: Mapping[str, str], images: Mapping[str, LatestImage]) -> NextCommit:
    """The same for what policies select, by `namespace:name`."""
    from buildtool.core.flux.setters import preview  # noqa: PLC0415 -- as above

    changes: set[Change] = set()
    failures: list[str] = []
    for automation in manifests.automations:
        mine = {key: image for key, image in images.items() if automation in manifests.writing(key)}
        found = preview(texts, mine, automation.path, reasons=False)
        changes.update(found.changes)
        failures += [f"{automation.namespace}:{automation.name}: {error}" for error in found.errors]
    return NextCommit(sorted(changes, key=lambda change: (change.path, change.line, change.column)), failures)
