"""A whole push made of parts in memory: one repository's history, one registry, one builder, one clock."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.config import Config, ImageConfig
from buildtool.core.build.inputs import Inputs
from buildtool.core.commit.checkout import Checkout
from buildtool.core.commit.ci import CiFacts
from buildtool.core.flux.manifests import find_policies
from buildtool.core.image.labels import INPUTS, REVISION, VERSION
from buildtool.core.image.names import Platform
from buildtool.usecases.push.age import Age
from buildtool.usecases.push.building import Building
from buildtool.usecases.push.candidates import Candidates
from buildtool.usecases.push.further_writer import FurtherWriter
from buildtool.usecases.push.harbor import HarborChecks, PushedToHarbor
from buildtool.usecases.push.live import LiveTags
from buildtool.usecases.push.mirroring import Mirroring
from buildtool.usecases.push.options import PushOptions
from buildtool.usecases.push.outlook import Outlook
from buildtool.usecases.push.overtaken import Overtaken
from buildtool.usecases.push.planner import Planner
from buildtool.usecases.push.preflight import preflight
from buildtool.usecases.push.preparation import Preparation
from buildtool.usecases.push.proving import Prover
from buildtool.usecases.push.publishing import BesideTheTags, Publisher
from buildtool.usecases.push.readiness import Readiness
from buildtool.usecases.push.run import dry_run, push
from buildtool.usecases.push.transaction import Transaction
from tests.support.clock import PatientClock
from tests.support.memory.builder import MemoryBuilder
from tests.support.memory.registry import MemoryRegistry
from tests.support.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from buildtool.core.build.base_digests import BaseDigests
    from buildtool.core.build.events import BuildEvent
    from buildtool.core.image.makings import Makings
    from buildtool.core.image.names import Repository
    from buildtool.core.image.programs import LayerIndex
    from buildtool.core.registry.contents import Manifest
    from buildtool.core.registry.harbor import HarborFacts
    from buildtool.errors import BuildtoolError
    from buildtool.usecases.push.plan import Plan
    from buildtool.usecases.push.preflight import Ready
    from buildtool.usecases.push.result import Proven, PushResult
    from buildtool.usecases.push.transaction import Signals, Write

HOST = "r.example"


def sha(number: int) -> str:
    """The full commit of the n-th commit of a line of history."""
    return f"{number:07x}" + "0" * 33


@dataclass
class MemoryHistory:
    """One line of commits, `sha(1)` first; commits in `unknown` are not in this clone."""

    unknown: frozenset[str] = frozenset()

    def is_ancestor(self, older: str, newer: str) -> bool | None:
        if {older, newer} & self.unknown:
            return None
        return int(older[:7], 16) <= int(newer[:7], 16)

    def named(self, commit: str) -> str:
        return commit[:7]

    def fetch_hint(self) -> str:
        return "git fetch --unshallow"


@dataclass
class MemoryRecorder:
    """Everything that was told, in order; `plans` and `writes` as values."""

    said: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    def heading(self, text: str) -> None:
        self.said.append(text)

    def say(self, text: str) -> None:
        self.said.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def plan(self, plan: Plan) -> None:
        self.plans.append(plan)

    def build(self, event: BuildEvent) -> None:
        self.said.append(event.name)

    def proven(self, proven: Sequence[Proven]) -> None:
        self.said += [one.plan.name for one in proven]

    def published(self, writes: Sequence[Write]) -> None:
        self.writes += writes

    def result(self, result: PushResult) -> None: ...


class NoSignals:
    """Nobody interrupts."""

    @contextlib.contextmanager
    def held(self) -> Iterator[Callable[[], bool]]:
        yield lambda: False


class NoLayers:
    def get(self, digest: str) -> LayerIndex | None:
        return None

    def put(self, digest: str, index: LayerIndex) -> None: ...


class NoSecrets:
    """Every secret has a value."""

    def missing(self, declared: str) -> None:
        del declared

    def missing_ssh(self, declared: str) -> None:
        del declared


class NoHarbor:
    """Asked only where the probe says that it is a Harbor."""

    def facts(self, repositories: Sequence[Repository]) -> HarborFacts:
        raise AssertionError("this registry is no Harbor")

    def why_refused(self, repositories: Sequence[Repository]) -> BuildtoolError | None:
        return None

    def create_project(self, repository: Repository) -> bool:
        raise AssertionError("this registry is no Harbor")

    def wait_for_scan(self, repository: Repository, reference: str, limit: float) -> None:
        raise AssertionError("this registry is no Harbor")


@dataclass
class FixedInputs:
    """The digest of each image's inputs, by name; a name that is missing is not known."""

    digests: Mapping[str, str]
    bases: Mapping[str, BaseDigests] = field(default_factory=dict)

    def of(self, image: ImageConfig) -> Inputs:
        digest = self.digests.get(image.name, "")
        return Inputs(digest, "" if digest else "its context is remote", bases=self.bases.get(image.name))


@dataclass
class MemoryResults:
    """What is remembered of published images, for as long as the dictionary is handed on."""

    known: dict[str, Makings]

    def get(self, digest: str) -> Makings | None:
        return self.known.get(digest)

    def put(self, digest: str, value: Makings) -> None:
        self.known[digest] = value


@dataclass
class MemoryPush:
    """One checkout of `sha(commit)` and the world around it; a second one on the same registry is another machine."""

    commit: int = 1
    names: Sequence[str] = ("web", "api")
    registry: MemoryRegistry = field(default_factory=MemoryRegistry)
    clock: PatientClock = field(default_factory=PatientClock)
    options: PushOptions = field(default_factory=PushOptions)
    inputs: Mapping[str, str] | None = None
    bases: Mapping[str, BaseDigests] = field(default_factory=dict)
    same_results: dict[str, Makings] = field(default_factory=dict)
    history: MemoryHistory = field(default_factory=MemoryHistory)
    signals: Signals = field(default_factory=NoSignals)
    branch: str | None = "main"
    changes: tuple[str, ...] = ()
    policies: bool = True
    driver: str = "docker"
    policy: str = POLICY
    platforms: Sequence[str] = ("linux/amd64",)
    further: Sequence[str] = ()
    git_tags: tuple[str, ...] = ()
    ci: CiFacts = field(default_factory=CiFacts)
    more_policies: Mapping[str, str] = field(default_factory=dict)
    mirrors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.recorder = MemoryRecorder()
        self.written: list[Write] = []
        self.builder = MemoryBuilder(self.registry, self.driver)
        images = {
            name: ImageConfig(
                name,
                tuple(map(Platform.parse, self.platforms)),
                policy=f"flux-system:{name}" if self.policies else None,
                tags=tuple(self.further),
            )
            for name in self.names
        }
        self.config = Config(HOST, images, Path("/repo"), insecure=True, mirrors=self.mirrors)
        texts = [(f"{name}.yaml", self.policy.format(name=name, registry=HOST)) for name in self.names]
        self.manifests = find_policies([*(texts if self.policies else []), *self.more_policies.items()])
        self.memory = MemoryResults(self.same_results)
        self.live = LiveTags(self.registry, self.config, self.manifests, self.memory)

    def ready(self) -> Ready:
        time = 1_700_000_000 + self.commit
        checkout = Checkout("/repo", sha(self.commit), self.branch, self.changes, False, time, tags=self.git_tags)
        return preflight(self.config, self.manifests, checkout, self.ci, self.options, self.clock.now())

    def planner(self) -> Planner:
        ready = self.ready()
        inputs = FixedInputs(self.inputs or dict.fromkeys(self.names, f"sha256:{self.commit}"), self.bases)
        age = Age(self.history, ready.source, allow_older=self.options.allow_older)
        return Planner(ready, self.config, self.live, inputs, age, self.clock)

    def transaction(self) -> Transaction:
        return Transaction(self.registry, lambda _: contextlib.nullcontext(), self.signals)

    def building(self) -> Building:
        prover = Prover(self.registry, NoLayers(), PushedToHarbor(NoHarbor(), 1, self.recorder), self.recorder)
        candidates = Candidates(self.config, self.registry, self.recorder, lambda _: contextlib.nullcontext())
        return Building(self.config, self.builder, prover, candidates, self.clock, self.recorder)

    def preparation(self, planner: Planner) -> Preparation:
        checks = HarborChecks(NoHarbor(), self.manifests, {}, self.clock, self.recorder, self.options)
        readiness = Readiness(self.config, self.builder, self.registry, checks, NoSecrets(), self.clock)
        return Preparation(planner, readiness, self.mirroring(), self.recorder, self.memory)

    def mirroring(self) -> Mirroring:
        scans = PushedToHarbor(NoHarbor(), 1, self.recorder)
        return Mirroring(self.config, self.registry, self.registry, scans, self.recorder)

    def publisher(self, planner: Planner) -> Publisher:
        transaction = self.transaction()
        overtaken = Overtaken(self.live, self.history, transaction, self.clock)
        copying = self.mirroring()
        further = FurtherWriter(self.live, planner.further, self.history, transaction, copying, self.recorder)
        beside = BesideTheTags(copying, overtaken, further)
        return Publisher(transaction, planner, beside, self.recorder, self.written)

    def run(self) -> PushResult:
        planner = self.planner()
        outlook = Outlook(self.live, self.manifests, {}, self.clock)
        preparation = self.preparation(planner)
        if self.options.dry_run:
            return dry_run(preparation, outlook, self.options)
        building = self.building()
        try:
            return push(preparation, building, self.publisher(planner), outlook, self.recorder, self.options)
        finally:
            building.finish()

    def plan(self) -> Plan:
        return self.planner().plan(self.options)

    def add(self, name: str, tag: str, *, platform: str = "linux/amd64", **labels: str) -> Manifest:
        """An image that somebody published; labels by the last part of their names: version, revision, inputs."""
        known = {key.rpartition(".")[2]: key for key in (VERSION, REVISION, INPUTS)}
        named = {known[key]: value for key, value in labels.items()}
        return self.registry.add(self.config.repository(name), {platform: named}, tag)

    def tags(self, name: str) -> set[str]:
        return set(self.registry.tagged[name])
