"""The lines that Flux's next commits will change, now that it selects what it selects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.usecases.push.result import NextCommit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.setters import LatestImage
    from buildtool.usecases.push.result import Outcome


def next_commit(
    manifests: Manifests,
    texts: Mapping[str, str],
    outcomes: Iterable[Outcome],
    links: Mapping[str, str] | None = None,
) -> NextCommit:
    """What the ImageUpdateAutomations of the repository will write for the images of this run, in order of place.

    `texts` and `links` as for `run_all`. An automation that fails does not stop the others; its error is told.
    """
    if not manifests.automations:
        return NextCommit()
    from buildtool.core.flux import setters  # noqa: PLC0415 -- 40 ms

    images = {
        str(outcome.plan.config.policy): setters.LatestImage(repository.image, outcome.after)
        for outcome in outcomes
        if outcome.after and (repository := manifests.repository_of(str(outcome.plan.config.policy))) is not None
    }
    return changes_for(manifests, texts, images, links)


def changes_for(
    manifests: Manifests,
    texts: Mapping[str, str],
    images: Mapping[str, LatestImage],
    links: Mapping[str, str] | None = None,
) -> NextCommit:
    """The same for what policies select, by `namespace:name`."""
    from buildtool.core.flux.automation_runs import left_out, runs_of  # noqa: PLC0415 -- as above
    from buildtool.core.flux.setters.runs import run_all  # noqa: PLC0415

    runs = runs_of(images, manifests)
    found = run_all(texts, runs, links, reasons=False)
    missed = images.keys() - {policy for run in runs for policy in run.images}
    notes = left_out(manifests) if missed else []
    failures = [f"{automation}: {reason}" for automation, reason in found.errors.items()]
    changes = sorted(found.changes, key=lambda change: (change.path, change.line, change.column))
    return NextCommit(changes, failures, notes)
