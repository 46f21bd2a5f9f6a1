"""Every registry there is, as one parameter: each test of this folder runs against all of them."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.clock import SystemClock
from buildtool.adapters.registry import Credential, RegistryClient
from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import TagRemoval
from buildtool.core.text.secrets import Secrets
from tests.support.gotools import go_tool
from tests.support.harbor.server import harbor
from tests.support.memory.registry import MemoryRegistry
from tests.support.need import need
from tests.support.registries import password
from tests.support.registries.distribution import Served, debian_registry, distribution
from tests.support.registries.prefixed import PREFIX, prefixed
from tests.support.registries.service import service
from tests.support.registries.service_facts import ECR, GITHUB, GITLAB, HUB, QUAY
from tests.support.registries.tls import private_ca
from tests.support.registries.tokens import PASSWORD, USER, token_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tests.support.registries.service import Service
    from tests.support.registries.service_facts import Facts

    Maker = Callable[[str, Path], contextlib.AbstractContextManager["Subject"]]

_COUNTER = itertools.count()


@dataclass(frozen=True)
class Subject:
    """One running registry, and what is known of its kind. `project` is what its repositories must begin with."""

    name: str
    served: Served
    project: str = ""
    deletes_by_tag: bool = True
    pages: bool = True
    memory: MemoryRegistry | None = None
    deletes: bool = True
    service: Service | None = None
    prefix: str = ""

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"https://{self.service.facts.api}" if self.service is not None else self.served.url

    @property
    def removed(self) -> TagRemoval:
        """What taking away a tag that is there ends in."""
        return TagRemoval.REMOVED if self.deletes else TagRemoval.UNSUPPORTED

    def without(self, tags: Sequence[str], gone: str) -> list[str]:
        """The tags after one was taken away, sorted."""
        return sorted(tag for tag in tags if tag != gone or not self.deletes)

    def repository(self) -> Repository:
        """A repository no other test uses."""
        path = f"{self.project}frontend-{next(_COUNTER)}"
        if self.service is not None and self.service.facts.must_exist:
            self.service.made.update({path, f"{path}/team/app.web_1"})
        return Repository(self.served.host, path, self.prefix)

    def credential(self) -> Credential | None:
        return Credential(self.served.username, self.served.password) if self.served.username else None

    def client(self, **settings: object) -> RegistryClient:
        if self.memory is not None:
            return self.memory  # type: ignore[return-value]  # it has to keep the same contract
        options = {
            "insecure": self.served.insecure,
            "clock": SystemClock(),
            "secrets": Secrets(),
            "credentials": self.credential,
            "ca_files": [self.served.ca] if self.served.ca else [],
            "harbor_path": f"/{self.prefix}" if self.prefix else "",
            "environment": self.service.places.environment() if self.service is not None else {},
        }
        return RegistryClient(self.served.host, **{**options, **settings})  # type: ignore[arg-type]


def _debian() -> str:
    program = debian_registry()
    need(program, "distribution 2.8 is not installed (Debian: apt-get install docker-registry)")
    assert program is not None
    return program


def _program(version: str) -> str:
    return _debian() if version == "2.8" else str(go_tool("registry"))


@contextlib.contextmanager
def _plain(version: str, folder: Path) -> Iterator[Subject]:
    with distribution(_program(version), folder) as served:
        yield _subject(f"distribution-{version}", version, served)


@contextlib.contextmanager
def _basic(version: str, folder: Path) -> Iterator[Subject]:
    with distribution(_program(version), folder, auth=password.htpasswd(folder)) as served:
        known = Served(served.host, username=password.USER, password=password.PASSWORD)
        yield _subject(f"distribution-{version}-basic", version, known)


@contextlib.contextmanager
def _token(version: str, folder: Path) -> Iterator[Subject]:
    with (
        token_server(folder / "tokens") as tokens,
        distribution(_program(version), folder, auth=tokens.configuration()) as served,
    ):
        known = Served(served.host, username=USER, password=PASSWORD)
        yield _subject(f"distribution-{version}-token", version, known)


@contextlib.contextmanager
def _https(version: str, folder: Path) -> Iterator[Subject]:
    tls = private_ca(folder / "tls")
    with distribution(_program(version), folder, auth=password.htpasswd(folder), tls=tls) as served:
        known = Served(served.host, insecure=False, username=password.USER, password=password.PASSWORD, ca=tls.ca)
        yield _subject(f"distribution-{version}-https", version, known)


@contextlib.contextmanager
def _harbor(_version: str, _folder: Path) -> Iterator[Subject]:
    with harbor() as fake:
        served = Served(fake.host, username=fake.robot.name, password=fake.robot.secret)
        yield Subject("harbor", served, project="website/")


def _service(facts: Facts) -> Maker:
    @contextlib.contextmanager
    def make(version: str, folder: Path) -> Iterator[Subject]:
        with (
            distribution(_program(version), folder / "behind") as behind,
            service(facts, behind.host, folder / "tls") as made,
        ):
            served = Served(facts.name, insecure=False, username=facts.user, password=facts.password, ca=made.ca)
            deletes = facts.delete is None
            yield Subject(facts.name, served, facts.namespace, version != "2.8", version != "2.8", None, deletes, made)

    return make


@contextlib.contextmanager
def _ipv6(version: str, folder: Path) -> Iterator[Subject]:
    with distribution(_program(version), folder, auth=password.htpasswd(folder), ip="::1") as served:
        known = Served(served.host, username=password.USER, password=password.PASSWORD)
        yield _subject(f"distribution-{version}-ipv6", version, known)


@contextlib.contextmanager
def _prefix(version: str, folder: Path) -> Iterator[Subject]:
    with (
        token_server(folder / "tokens") as tokens,
        distribution(_program(version), folder, auth=tokens.configuration()) as behind,
        prefixed(behind.host) as front,
    ):
        known = Served(front.host, username=USER, password=PASSWORD)
        made = _subject(f"distribution-{version}-prefix", version, known)
        yield replace(made, project=f"{PREFIX}/team/")


@contextlib.contextmanager
def _harbor_prefix(_version: str, _folder: Path) -> Iterator[Subject]:
    with harbor() as fake, prefixed(fake.host) as front:
        served = Served(front.host, username=fake.robot.name, password=fake.robot.secret)
        yield Subject("harbor-prefix", served, project=f"{PREFIX}/website/", prefix=PREFIX)


@contextlib.contextmanager
def _memory(_version: str, _folder: Path) -> Iterator[Subject]:
    yield Subject("memory", Served("memory"), memory=MemoryRegistry())


def _subject(name: str, version: str, served: Served) -> Subject:
    return Subject(name, served, deletes_by_tag=version != "2.8", pages=version != "2.8")


SERVERS: dict[str, tuple[Maker, str]] = {
    "distribution-2.8": (_plain, "2.8"),
    "distribution-2.8-basic": (_basic, "2.8"),
    "distribution-2.8-token": (_token, "2.8"),
    "distribution-2.8-https": (_https, "2.8"),
    "distribution-3": (_plain, "3"),
    "distribution-3-basic": (_basic, "3"),
    "distribution-3-token": (_token, "3"),
    "distribution-3-https": (_https, "3"),
    "distribution-2.8-ipv6": (_ipv6, "2.8"),
    "docker-hub": (_service(HUB), "2.8"),
    "ghcr": (_service(GITHUB), "2.8"),
    "quay": (_service(QUAY), "2.8"),
    "gitlab": (_service(GITLAB), "2.8"),
    "ecr": (_service(ECR), "2.8"),
    "harbor": (_harbor, ""),
    "distribution-2.8-prefix": (_prefix, "2.8"),
    "harbor-prefix": (_harbor_prefix, ""),
    "memory": (_memory, ""),
}


def _parameter(name: str) -> object:
    return pytest.param(name, marks=[pytest.mark.go] if name.startswith("distribution-3") else [])


@pytest.fixture(scope="module", params=[_parameter(name) for name in SERVERS])
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    make, version = SERVERS[request.param]
    with make(version, tmp_path_factory.mktemp("registry")) as made:
        yield made


@pytest.fixture
def client(subject: Subject) -> Iterator[RegistryClient]:
    with subject.client() as made:
        yield made


@pytest.fixture
def repository(subject: Subject) -> Repository:
    return subject.repository()
