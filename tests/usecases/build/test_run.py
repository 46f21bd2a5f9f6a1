"""The steps of a build over parts in memory: what is baked, what is proven, and what stays in the engine."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

from buildtool.config import Config, ImageConfig
from buildtool.core.build.builder import BuilderFacts, EngineLimits
from buildtool.core.build.inputs import Inputs
from buildtool.core.commit.tags import BuildFacts, make_tag
from buildtool.core.image.names import Platform, Repository
from buildtool.core.image.proof import config_digest
from buildtool.errors import BUILDER_UNUSABLE, BUILDX_TOO_OLD, PLATFORM_MISSING, PROOF_FAILED, BuildtoolError
from buildtool.usecases.build.options import BuildOptions
from buildtool.usecases.build.run import Build
from buildtool.usecases.push.options import Source
from buildtool.usecases.push.plan import ImagePlan, Plan
from tests.support.memory.push import MemoryRecorder, NoLayers, NoSecrets
from tests.support.memory.registry import MemoryRegistry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from contextlib import AbstractContextManager

    from buildtool.core.build.definition import BakeDefinition
    from buildtool.core.build.events import BuildEvent
    from buildtool.core.registry.contents import Manifest

AMD, ARM = map(Platform.parse, ("linux/amd64", "linux/arm64"))
OLD_STORE = EngineLimits(several_platforms=False)
CONFIG = Config("r.example", {name: ImageConfig(name, (ARM,)) for name in ("web", "api")}, Path("/repo"))


@dataclass
class MemoryLayouts:
    """Layouts that are the repositories of a registry in memory; `opened` maps an image to its digest."""

    store: MemoryRegistry = field(default_factory=MemoryRegistry)
    opened: dict[str, str] = field(default_factory=dict)

    def folder(self, name: str) -> str:
        return f"/temporary/{name}"

    def open(self, repository: Repository, name: str) -> str:
        del repository
        return self.opened[name]

    def manifest(self, repository: Repository, reference: str) -> Manifest:
        return self.store.manifest(repository, reference)

    def blob(self, repository: Repository, digest: str) -> bytes:
        return self.store.blob(repository, digest)

    def open_blob(self, repository: Repository, digest: str) -> AbstractContextManager[IO[bytes]]:
        return self.store.open_blob(repository, digest)


@dataclass
class MemoryMachine:
    """A builder and its engine. `turns_into` is the platform that comes out, `failure` what the bake raises."""

    layouts: MemoryLayouts
    engine: EngineLimits = field(default_factory=EngineLimits)
    version: tuple[int, int, int] = (0, 29, 0)
    turns_into: str = ""
    failure: Exception | None = None
    reports: str = ""
    baked: list[BakeDefinition] = field(default_factory=list)
    told: list[tuple[str, ...]] = field(default_factory=list)

    def facts(self) -> BuilderFacts:
        return BuilderFacts("default", "docker", self.version, frozenset({AMD, ARM}), self.engine)

    def bake(self, definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> Mapping[str, str]:
        del on_event
        self.baked.append(definition)
        if self.failure:
            raise self.failure
        digests = {}
        for name in definition.targets:
            target = definition.document["target"][name]
            labels = dict.fromkeys([self.turns_into or one for one in target["platforms"]], target["labels"])
            manifest = self.layouts.store.add(Repository("r.example", name), labels, "")
            self.layouts.opened[name] = manifest.digest
            config = config_digest(manifest.document()) if not manifest.is_index else manifest.digest
            digests[name] = self.reports or (manifest.digest if self.engine.several_platforms else config)
        return digests

    def keeps_several_platforms(self) -> bool:
        return self.engine.several_platforms

    def passing_name(self, image: str) -> str:
        return f"passing/{image}:1"

    def save(self, reference: str, folder: str) -> None:
        self.told.append(("save", reference, folder))

    def load(self, folder: str, reference: str, ids: Collection[str]) -> None:
        self.told.append(("load", folder, reference, *sorted(ids)))

    def remove(self, references: Sequence[str]) -> None:
        self.told.append(("remove", *references))


@dataclass
class Case:
    """One build; `make` gives the plan that was checked."""

    config: Config = CONFIG
    layouts: MemoryLayouts = field(default_factory=MemoryLayouts)

    def __post_init__(self) -> None:
        self.machine = MemoryMachine(self.layouts)
        self.recorder = MemoryRecorder()

    @property
    def build(self) -> Build:
        return Build(self.config, self.machine, self.machine, self.layouts, NoLayers(), self.recorder)

    def ready(self, *, load: bool = False) -> Plan:
        source = Source("main", "HEAD", "a" * 40, 1_700_000_000, dirty=False, url="")
        tag = make_tag(BuildFacts("main", "HEAD", "a" * 40, 1_700_000_001, dirty=False), 7, ("main",))
        images = [
            ImagePlan(one, self.config.repository(one.name), Inputs("sha256:i"), None, None, None, True, tag.text)
            for one in self.config.images.values()
        ]
        return self.build.ready(Plan(tag, source, images), BuildOptions(load=load), NoSecrets())


def raised(call: Callable[[], object]) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as found:
        call()
    return found.value


def test_into_layouts_and_proven() -> None:
    case = Case()
    proven = case.build.run(case.ready())
    assert {one.plan.name: one.proof.digest for one in proven} == case.layouts.opened
    [definition] = case.machine.baked
    outputs = {name: target["output"] for name, target in definition.document["target"].items()}
    assert outputs["web"] == ["type=oci,dest=/temporary/web,tar=false,oci-mediatypes=true"]
    assert (definition.writes, definition.hosts, case.machine.told) == (("/temporary/api", "/temporary/web"), (), [])


def test_an_engine_that_exports_no_layouts_saves_them() -> None:
    case = Case()
    case.machine.engine = OLD_STORE
    proven = case.build.run(case.ready())
    assert {one.plan.name: one.proof.digest for one in proven} == case.layouts.opened
    assert case.machine.baked[0].document["target"]["web"]["tags"] == ["passing/web:1"]
    assert case.machine.told == [
        ("save", "passing/web:1", "/temporary/web"),
        ("save", "passing/api:1", "/temporary/api"),
        ("remove", "passing/web:1", "passing/api:1"),
    ]


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), RuntimeError("no")])
def test_the_passing_names_go_whatever_happens(failure: BaseException) -> None:
    case = Case()
    case.machine.engine = OLD_STORE
    plan = case.ready()
    case.machine.failure = failure  # type: ignore[assignment]  # an interruption is no Exception
    with pytest.raises(type(failure)):
        case.build.run(plan)
    assert case.machine.told == [("remove", "passing/web:1", "passing/api:1")]


def test_an_engine_that_saves_another_image_is_found_out() -> None:
    case = Case()
    case.machine.engine, case.machine.reports = OLD_STORE, "sha256:other"
    error = raised(lambda: case.build.run(case.ready()))
    assert error.kind is PROOF_FAILED
    assert "web: the builder reported image sha256:other, the engine saved sha256:" in error.message


def test_another_platform_than_was_asked_for() -> None:
    case = Case()
    case.machine.turns_into = "linux/amd64"
    error = raised(lambda: case.build.run(case.ready()))
    assert error.kind is PROOF_FAILED
    assert "web: platform linux/arm64 was asked for, the image is linux/amd64; api: platform" in error.message
    assert error.message.endswith("; nothing was kept")


def test_another_digest_than_was_reported() -> None:
    case = Case()
    case.machine.reports = "sha256:other"
    error = raised(lambda: case.build.run(case.ready()))
    assert "web: the builder reported digest sha256:other, what is there is sha256:" in error.message


def test_loaded_under_the_references_of_a_push() -> None:
    case = Case()
    proven = case.build.run(case.ready(load=True))
    loaded = case.build.load(proven)
    assert loaded == {name: f"r.example/{name}:main-aaaaaaa-1700000001" for name in ("web", "api")}
    config = config_digest(proven[0].manifest.document())
    assert case.machine.told[0] == ("load", "/temporary/web", loaded["web"], *sorted([proven[0].proof.digest, config]))


@pytest.mark.parametrize(
    ("image", "engine", "version", "load", "kind"),
    [
        ({"platforms": (Platform.parse("linux/s390x"),)}, EngineLimits(), (0, 29, 0), False, PLATFORM_MISSING),
        ({"platforms": (AMD, ARM)}, OLD_STORE, (0, 29, 0), False, BUILDER_UNUSABLE),
        ({"network": "none"}, EngineLimits(), (0, 13, 1), False, BUILDX_TOO_OLD),
    ],
)
def test_what_would_fail_is_said_before(
    image: dict[str, object], engine: EngineLimits, version: tuple[int, int, int], kind: object, *, load: bool
) -> None:
    images = {"web": replace(CONFIG.images["web"], **image)}  # type: ignore[arg-type]
    case = Case(replace(CONFIG, images=images))
    case.machine.engine, case.machine.version = engine, version
    assert raised(lambda: case.ready(load=load)).kind is kind
    assert not case.machine.baked


def test_several_platforms_are_loaded_only_where_the_engine_keeps_them() -> None:
    case = Case(replace(CONFIG, images={"web": replace(CONFIG.images["web"], platforms=(AMD, ARM))}))
    case.machine.keeps_several_platforms = lambda: False  # type: ignore[method-assign]
    assert case.ready().builder is not None
    error = raised(lambda: case.ready(load=True))
    assert (error.kind, "leave --load out" in error.fix) == (BUILDER_UNUSABLE, True)
