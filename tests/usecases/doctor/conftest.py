"""Ports in memory, where every part may be made to fail: what only a broken machine would show."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.config import Config, ImageConfig
from buildtool.core.build.builder import EngineLimits
from buildtool.core.build.builder_view import BuilderView, NodeView
from buildtool.core.commit.ci import from_variables
from buildtool.core.flux.manifests import find_policies
from buildtool.core.image.names import Platform
from buildtool.core.registry.contents import RegistryFacts, RemovalWay, ServerKind
from buildtool.errors import BuildtoolError
from buildtool.usecases.builder.which import choose
from buildtool.usecases.doctor.engine.interfaces import DoctorPorts
from buildtool.usecases.doctor.engine.parallel import side_by_side
from buildtool.usecases.doctor.engine.shared_values import SharedValues
from tests.support.clock import PatientClock
from tests.support.memory.builders import MemoryBuilders
from tests.support.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from buildtool.core.commit.ci import CiFacts
    from buildtool.core.facts import Fact
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.harbor import Use
    from buildtool.errors.findings import Finding

HOST = "192.168.0.40:5000"
PLATFORMS = (Platform("linux", "amd64"), Platform("linux", "arm64"))
RUNNING = BuilderView("default", "docker", (NodeView("default", "default", "running", "", frozenset(PLATFORMS)),))
CONFIG = Config(
    HOST,
    {"web": ImageConfig("web", (PLATFORMS[1],), policy="flux-system:web")},
    Path("/srv/shop"),
    path=Path("buildtool.toml"),
    insecure=True,
    origins={"registry": "buildtool.toml:1", "insecure": "environment BUILDTOOL_INSECURE", "tag.sha_length": "default"},
)


@dataclass
class Git:
    settings: dict[str, str] = field(default_factory=lambda: {"user.name": "Ann", "user.email": "ann@example.invalid"})

    def version(self) -> str:
        return "2.39.5"

    def setting(self, name: str) -> str | None:
        return self.settings.get(name)

    def run(self, arguments: Sequence[str]) -> None:
        raise AssertionError(arguments)


@dataclass
class Checkout:
    root: Path = Path("/srv/shop")
    head: tuple[str, int] = ("a" * 40, 1_700_000_000)
    branch: str | None = "main"
    changes: tuple[str, ...] = ()
    shallow: bool = False
    tags: tuple[str, ...] = ()


@dataclass
class Docker:
    shown: BuilderView = RUNNING
    refuses: BuildtoolError | None = None
    ran: list[str] = field(default_factory=list)

    def client_version(self) -> str:
        return "28.2.2"

    def view(self, builder: str | None) -> BuilderView:
        return self.shown

    def run_program(self, builder: str | None, platform: Platform, program: bytes) -> None:
        self.ran.append(str(platform))
        if self.refuses is not None:
            raise self.refuses


@dataclass
class Engine:
    version: str = "26.1"
    containerd_store: bool = True
    root_folder: str = "/var/lib/docker"
    insecure: tuple[str, ...] = ()

    def is_insecure(self, host: str) -> bool:
        return host in self.insecure


@dataclass
class Registry:
    there: tuple[str, ...] = ()
    way: RemovalWay | BuildtoolError = RemovalWay.BY_TAG
    refuses: dict[str, BuildtoolError] = field(default_factory=dict)
    findings: list[Finding] | None = None
    through: str | None = None
    date: datetime | None = None
    uses: list[Use] = field(default_factory=list)

    def probe(self) -> RegistryFacts:
        return RegistryFacts(f"http://{HOST}", ServerKind.UNKNOWN, self.date)

    def check_push(self, repository: Repository) -> None:
        if repository.path in self.refuses:
            raise self.refuses[repository.path]

    def tags(self, repository: Repository) -> Iterator[str]:
        return iter(self.there)

    def username(self) -> str | None:
        return "robot$web"

    def removal_way(self, repository: Repository) -> RemovalWay:
        if isinstance(self.way, BuildtoolError):
            raise self.way
        return self.way

    def harbor_findings(self, uses: Sequence[Use], now: int) -> list[Finding] | None:
        self.uses += uses
        return self.findings

    def proxy(self) -> str | None:
        return self.through


@dataclass
class Machine:
    texts: dict[str, str | OSError] = field(default_factory=dict)
    free: dict[str, int] = field(default_factory=dict)
    temporary: str | None = "/tmp"

    def free_bytes(self, folder: str) -> int | None:
        return self.free.get(folder)

    def read(self, path: str) -> str | None:
        found = self.texts.get(path)
        if isinstance(found, OSError):
            raise found
        return found

    def write_problem(self, path: str) -> str | None:
        return None if path.startswith("/writable") else "permission denied"


@dataclass
class Parts:
    """What a test turns before it looks."""

    config: Config = CONFIG
    git: Git = field(default_factory=Git)
    checkout: Checkout = field(default_factory=Checkout)
    docker: Docker = field(default_factory=Docker)
    builders: MemoryBuilders = field(default_factory=MemoryBuilders)
    engine: Engine | BuildtoolError = field(default_factory=Engine)
    limits: EngineLimits = field(default_factory=EngineLimits)
    registry: Registry = field(default_factory=Registry)
    machine: Machine = field(default_factory=Machine)
    endpoint: str = "unix:///var/run/docker.sock"
    environment: dict[str, str] = field(default_factory=dict)
    policy: str = POLICY.format(name="web", registry=HOST)

    def change(self, **settings: Any) -> None:
        """Settings of buildtool.toml."""
        self.config = dataclasses.replace(self.config, **settings)

    def ports(self) -> DoctorPorts:
        return DoctorPorts(
            environment=self.environment,
            config=lambda: self.config,
            git=self.git,
            checkout=lambda: self.checkout,
            ci=self._ci,
            manifests=self._manifests,
            texts=lambda: {"deploy/web.yaml": self.policy},
            docker=self.docker,
            choice=lambda: choose(self.config, self.environment, lambda: "default"),
            builders=self.builders,
            buildx_version=lambda: (0, 13, 1),
            endpoint=lambda: self.endpoint,
            engine=self._engine,
            engine_limits=lambda: self.limits,
            registry=lambda _: self.registry,
            machine=self.machine,
            clock=PatientClock(1_707_300_000),
        )

    def look(self, family: Any) -> Mapping[tuple[str, str], Fact]:
        """The facts of one family of checks, by subject and name."""
        found = side_by_side(family.checks(SharedValues(self.ports())))
        assert not any("this check broke" in fact.evidence for fact in found), found
        return {(fact.subject, fact.name): fact for fact in found}

    def _ci(self) -> CiFacts:
        return from_variables(self.environment)

    def _manifests(self) -> Manifests:
        return find_policies([("deploy/web.yaml", self.policy)])

    def _engine(self) -> Engine:
        if isinstance(self.engine, BuildtoolError):
            raise self.engine
        return self.engine


def at(seconds: int) -> datetime:
    """The registry's clock, so many seconds away from ours."""
    return datetime.fromtimestamp(1_707_300_000 + seconds, UTC)


@pytest.fixture
def parts() -> Parts:
    return Parts()
