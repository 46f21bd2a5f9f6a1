"""Makes the steps of `rollback` from the adapters, and runs them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from buildtool.adapters.lock import MachineLock
from buildtool.adapters.signals import EndingSignals
from buildtool.cli.after_publishing import told_after_publishing
from buildtool.cli.clone_log import CloneLog
from buildtool.cli.mirror_wiring import mirroring
from buildtool.cli.rollback_report import RollbackReport, document
from buildtool.core.commit.marks import WITHDRAWN, mark_for
from buildtool.core.flux.setters import LatestImage
from buildtool.errors import INTERRUPTED, USAGE, BuildtoolError
from buildtool.usecases.images import chosen_images
from buildtool.usecases.push import selection
from buildtool.usecases.push.live import LiveTags
from buildtool.usecases.push.next_commit import changes_for
from buildtool.usecases.push.transaction import Transaction
from buildtool.usecases.rollback.run import Rollback, TargetProof, selected_now
from buildtool.usecases.rollback.standing import Standings
from buildtool.usecases.rollback.target import Targets
from buildtool.usecases.rollback.withdraw import Withdrawer, plan_withdrawal
from buildtool.usecases.setter_history import SetterHistory
from buildtool.usecases.setters_preview import read_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.cli.wiring import Wiring
    from buildtool.config import ImageConfig
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.usecases.push.transaction import Write
    from buildtool.usecases.rollback.plan import ImageRollback

_AGAIN = "run the same command again: it goes on where this run ended"
_DONE = "nothing is left to do; buildtool verify shows what Flux selects now"


class RollbackOptions(NamedTuple):
    """The flags of `buildtool rollback`."""

    images: Sequence[str]
    to: str | None
    yes: bool
    dry_run: bool
    withdraw: bool
    as_json: bool


class _Parts(NamedTuple):
    """What planning and carrying out share."""

    live: LiveTags
    standings: Standings
    targets: Targets
    rollback: Rollback
    report: RollbackReport


def run_rollback(wiring: Wiring, options: RollbackOptions) -> None:
    """Show, ask, carry out, and say what Flux selects now."""
    images = chosen_images(wiring.config, options.images)
    parts = _parts(wiring)
    if options.withdraw:
        _withdraw(wiring, parts, images, options)
        return
    plans = parts.rollback.plan(images, options.to, _watching(wiring, images), parts.report)
    parts.report.plan(plans)
    written: list[Write] = []
    writes = not options.dry_run and any(plan.tag for plan in plans)
    if writes:
        _confirm(options)
    with told_after_publishing(wiring.output, lambda: [one.reference for one in written], again=_AGAIN):
        if writes:
            parts.rollback.carry_out(plans, written.extend)
        _tell(wiring, parts, plans, options)


def _parts(wiring: Wiring) -> _Parts:
    live, log = LiveTags(wiring.registry, wiring.config, wiring.manifests), CloneLog(wiring.repo)
    standings = Standings(wiring.config, wiring.manifests, live, log)
    targets = Targets(standings, SetterHistory(log, wiring.texts, wiring.repo.facts.sha))
    lock = MachineLock(wiring.cache / "locks", wiring.clock, wiring.output.say)
    transaction = Transaction(wiring.registry, lock, EndingSignals())
    proof = TargetProof(wiring.registry, wiring.layers)
    report = RollbackReport(wiring.output, wiring.clock.now())
    rollback = Rollback(standings, targets, proof, transaction, mirroring(wiring, wiring.output), wiring.clock)
    return _Parts(live, standings, targets, rollback, report)


def _watching(wiring: Wiring, images: Sequence[ImageConfig]) -> list[ImagePolicy]:
    policies = {image.name: selection.policy_of(image, wiring.manifests) for image in images}
    return selection.watching(wiring.manifests, wiring.config, policies)


def _confirm(options: RollbackOptions) -> None:
    """Ask a person; a run without a terminal has to say --yes."""
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise BuildtoolError(USAGE, "nobody can be asked here: standard input is no terminal", fix="add --yes")
    if not click.confirm("Publish this?", err=True):
        raise BuildtoolError(INTERRUPTED, "not confirmed; nothing was changed")


def _tell(wiring: Wiring, parts: _Parts, plans: Sequence[ImageRollback], options: RollbackOptions) -> None:
    planned = [plan.tag or plan.standing.current.tag for plan in plans]
    selected = planned if options.dry_run else [selected_now(parts.live, plan) for plan in plans]
    latest = {
        str(plan.standing.image.policy): LatestImage(repository.image, tag)
        for plan, tag in zip(plans, selected, strict=True)
        if tag and (repository := wiring.manifests.repository_of(str(plan.standing.image.policy))) is not None
    }
    texts = read_texts(wiring.files)
    commit = changes_for(wiring.manifests, texts.held, latest, texts.links)
    if options.as_json:
        wiring.output.document(
            document(plans, selected, commit, dry_run=options.dry_run), messages=("next_commit_errors",)
        )
    elif not options.dry_run:
        parts.report.done(plans, selected, commit)


def _withdraw(wiring: Wiring, parts: _Parts, images: Sequence[ImageConfig], options: RollbackOptions) -> None:
    """Take the tags away that Flux prefers to the target."""
    planned, watching = [], _watching(wiring, images)
    for standing in parts.standings.of(images):
        target = parts.targets.choose(standing, options.to, parts.standings.candidates(standing))
        parts.report.standing(standing, [], target)
        planned.append(plan_withdrawal(standing, target, watching))
    for one in planned:
        for tag in one.tags:
            wiring.output.say(f"  withdraw {one.standing.repository.at(tag)} (kept as {mark_for(tag, WITHDRAWN)})")
    withdrawer = Withdrawer(wiring.registry, wiring.removal_ways, EndingSignals())
    withdrawer.require_possible(planned)
    if options.dry_run:
        return
    _confirm(options)
    withdrawn: list[str] = []
    withdrawer.carry_out(planned, withdrawn.append)  # all or none: nothing is printed before its end
    with told_after_publishing(wiring.output, lambda: withdrawn, what="withdrew", again=_DONE):
        for reference in withdrawn:
            wiring.output.data(f"withdrawn {reference}")
        for one in planned:
            wiring.output.data(f"{one.standing.name}: Flux selects {one.target.tag} at its next scan")
