"""Makes the steps of `push` from the adapters: each part once, for all steps that use it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from buildtool.adapters.build_secrets import BuildSecrets
from buildtool.adapters.context import ContextFiles
from buildtool.adapters.lock import MachineLock
from buildtool.adapters.registry.registries import Harbors
from buildtool.adapters.signals import EndingSignals
from buildtool.cli.mirror_wiring import mirroring
from buildtool.core.commit.checkout import ignored_configuration
from buildtool.usecases.push.age import Age
from buildtool.usecases.push.bases import InputsWithBases
from buildtool.usecases.push.building import Building
from buildtool.usecases.push.candidates import Candidates
from buildtool.usecases.push.further_writer import FurtherWriter
from buildtool.usecases.push.harbor import HarborChecks, PushedToHarbor
from buildtool.usecases.push.live import LiveTags
from buildtool.usecases.push.outlook import Outlook
from buildtool.usecases.push.overtaken import Overtaken
from buildtool.usecases.push.planner import Planner
from buildtool.usecases.push.preflight import preflight, require_repository
from buildtool.usecases.push.preparation import Preparation
from buildtool.usecases.push.proving import Prover
from buildtool.usecases.push.publishing import BesideTheTags, Publisher
from buildtool.usecases.push.readiness import Readiness
from buildtool.usecases.push.run import dry_run, push
from buildtool.usecases.push.transaction import Transaction
from buildtool.usecases.push.unchanged import ImageInputs

if TYPE_CHECKING:
    from contextlib import ExitStack

    from buildtool.cli.wiring import Wiring
    from buildtool.usecases.push.mirroring import Mirroring
    from buildtool.usecases.push.options import PushOptions
    from buildtool.usecases.push.planner import InputDigests
    from buildtool.usecases.push.recorder import Recorder
    from buildtool.usecases.push.result import PushResult
    from buildtool.usecases.push.transaction import Write


class _Common(NamedTuple):
    """The parts that planning and publishing share."""

    live: LiveTags
    planner: Planner
    harbor: Harbors
    lock: MachineLock


def run_push(
    wiring: Wiring, options: PushOptions, recorder: Recorder, published: list[Write], ending: ExitStack
) -> PushResult:
    """Push as the configuration says. `published` is given every tag as soon as it is there.

    `ending` is given what goes on while the result is printed and must have ended before the process does.
    """
    secrets = BuildSecrets(wiring.config.root, wiring.environment)
    for image in wiring.config.images.values():
        secrets.remember(image.secrets, wiring.output.secrets)
    recorder.heading("Preflight")
    common = _common(wiring, options, recorder)
    checks = HarborChecks(common.harbor, wiring.manifests, wiring.texts, wiring.clock, recorder, options)
    readiness = Readiness(wiring.config, wiring.builder, wiring.registry, checks, secrets, wiring.clock)
    copying = mirroring(wiring, recorder)
    preparation = Preparation(common.planner, readiness, copying, recorder, wiring.same_results)
    outlook = _outlook(wiring, common.live)
    if options.dry_run:
        return dry_run(preparation, outlook, options)
    building = _building(wiring, common, recorder)
    ending.callback(building.finish)
    return push(
        preparation, building, _publisher(wiring, common, copying, recorder, published), outlook, recorder, options
    )


def _outlook(wiring: Wiring, live: LiveTags) -> Outlook:
    """The files are read only where an automation of the repository may write them."""
    if not wiring.manifests.automations:
        return Outlook(live, wiring.manifests, {}, wiring.clock)
    from buildtool.usecases.setters_preview import read_texts  # noqa: PLC0415 -- the setters take 40 ms to import

    texts = read_texts(wiring.files)
    return Outlook(live, wiring.manifests, texts.held, wiring.clock, texts.links)


def _common(wiring: Wiring, options: PushOptions, recorder: Recorder) -> _Common:
    config, checkout = wiring.config, wiring.checkout
    files = ContextFiles()
    ready = preflight(config, wiring.manifests, checkout, wiring.ci, options, wiring.clock.now())
    refused = wiring.ci.running and not options.allow_outside
    ready = require_repository(ready, config, files, str(wiring.repo.root), refused=refused)
    ready = replace(ready, warnings=[*ready.warnings, *_ignored_configuration(wiring)])
    live = LiveTags(wiring.registry, config, wiring.manifests, wiring.same_results)
    inputs: InputDigests = ImageInputs(config, wiring.repo, files, wiring.manifests, wiring.texts)
    if config.push.pull:
        inputs = InputsWithBases(inputs, config, files, wiring.base_registries, ready.images)
    age = Age(wiring.repo, ready.source, allow_older=options.allow_older)
    planner = Planner(ready, config, live, inputs, age, wiring.clock)
    lock = MachineLock(wiring.cache / "locks", wiring.clock, recorder.say)
    return _Common(live, planner, Harbors(wiring.registry, wiring.clock), lock)


def _ignored_configuration(wiring: Wiring) -> list[str]:
    """A warning where git ignores the file of the configuration; nothing for one outside of the repository."""
    root, file = wiring.repo.root.resolve(), wiring.config.path
    path = file.parent.resolve() / file.name if file is not None else root.parent
    named = [path.relative_to(root).as_posix()] if path.is_relative_to(root) else []
    return [ignored_configuration(one) for one in sorted(wiring.repo.ignored(named))]


def _building(wiring: Wiring, common: _Common, recorder: Recorder) -> Building:
    harbor = PushedToHarbor(common.harbor, wiring.config.push.scan_wait, recorder)
    prover = Prover(wiring.registry, wiring.layers, harbor, recorder)
    candidates = Candidates(wiring.config, wiring.registry, recorder, common.lock)
    return Building(wiring.config, wiring.builder, prover, candidates, wiring.clock, recorder)


def _publisher(
    wiring: Wiring, common: _Common, copying: Mirroring, recorder: Recorder, published: list[Write]
) -> Publisher:
    transaction = Transaction(wiring.registry, common.lock, EndingSignals())
    overtaken = Overtaken(common.live, wiring.repo, transaction, wiring.clock)
    further = FurtherWriter(common.live, common.planner.further, wiring.repo, transaction, copying, recorder)
    beside = BesideTheTags(copying, overtaken, further)
    return Publisher(transaction, common.planner, beside, recorder, published)
