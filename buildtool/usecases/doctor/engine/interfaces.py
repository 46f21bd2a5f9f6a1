"""Protocols of what the checks need from outside, and the class Check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from buildtool.core.facts import Fact, State
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from buildtool.config import Config
    from buildtool.core.build.builder import EngineLimits, Version
    from buildtool.core.build.builder_view import BuilderView
    from buildtool.core.commit.ci import CiFacts
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.image.names import Platform, Repository
    from buildtool.core.registry.contents import RegistryFacts, RemovalWay
    from buildtool.core.registry.harbor import Use
    from buildtool.errors import BuildtoolError
    from buildtool.errors.findings import Finding
    from buildtool.usecases.builder.parts import Builders
    from buildtool.usecases.builder.which import Choice


class GitSetup(Protocol):
    """The git program and its settings."""

    def version(self) -> str: ...
    def setting(self, name: str) -> str | None: ...
    def run(self, arguments: Sequence[str]) -> None: ...


class Checkout(Protocol):
    @property
    def root(self) -> Path: ...
    @property
    def head(self) -> tuple[str, int]: ...
    @property
    def branch(self) -> str | None: ...
    @property
    def changes(self) -> Sequence[str]: ...
    @property
    def shallow(self) -> bool: ...
    @property
    def tags(self) -> tuple[str, ...]: ...


class Engine(Protocol):
    """The answers of the docker engine."""

    @property
    def version(self) -> str: ...
    @property
    def containerd_store(self) -> bool: ...
    @property
    def root_folder(self) -> str: ...
    def is_insecure(self, host: str) -> bool: ...


class Docker(Protocol):
    """The docker program and its buildx."""

    def client_version(self) -> str: ...
    def view(self, builder: str | None) -> BuilderView: ...
    def run_program(self, builder: str | None, platform: Platform, program: bytes) -> None:
        """Build an image that runs the program on that platform; raises build-failed with the builder's words."""
        ...


class Registry(Protocol):
    def probe(self) -> RegistryFacts: ...
    def check_push(self, repository: Repository) -> None: ...
    def tags(self, repository: Repository) -> Iterator[str]: ...
    def username(self) -> str | None:
        """The user name that the registry gets; None without credentials. Raises registry-credentials."""
        ...

    def removal_way(self, repository: Repository) -> RemovalWay:
        """How this registry removes one tag; nothing is removed."""
        ...

    def harbor_findings(self, uses: Sequence[Use], now: int) -> list[Finding] | None:
        """The findings about Harbor's settings; None where the registry is not a Harbor."""
        ...

    def proxy(self) -> str | None:
        """The HTTP proxy that the environment sends requests for this registry through."""
        ...


class Machine(Protocol):
    def free_bytes(self, folder: str) -> int | None:
        """Room for an ordinary user on the disk of a folder; None where there is no such folder."""
        ...

    def read(self, path: str) -> str | None:
        """The text of a file; None where there is none. Raises OSError."""
        ...

    def write_problem(self, path: str) -> str | None:
        """Why a file cannot be appended to, without touching it."""
        ...

    @property
    def temporary(self) -> str | None: ...


class Clock(Protocol):
    def now(self) -> int: ...


@dataclass(frozen=True)
class DoctorPorts:
    """What the checks are given; each part is made when a check first asks for it, in that check's thread."""

    environment: Mapping[str, str]
    config: Callable[[], Config]
    git: GitSetup
    checkout: Callable[[], Checkout]
    ci: Callable[[], CiFacts]
    manifests: Callable[[], Manifests]
    texts: Callable[[], Mapping[str, str]]
    docker: Docker
    choice: Callable[[], Choice]
    builders: Builders
    buildx_version: Callable[[], Version]
    endpoint: Callable[[], str | None]
    engine: Callable[[], Engine]
    engine_limits: Callable[[], EngineLimits]
    registry: Callable[[str], Registry]
    machine: Machine
    clock: Clock


@dataclass(frozen=True)
class Check:
    """One check: yields facts one by one, all within `seconds`.

    It may raise a BuildtoolError, which becomes a failed fact, or a BlockedError where a value that it needs is
    missing, which becomes a skipped fact. `subject` and `name` are those of that fact.
    """

    subject: str
    name: str
    look: Callable[[], Iterable[Fact]]
    seconds: float = 25.0

    def fact(self, state: State, evidence: str, fix: str = "") -> Fact:
        return Fact(self.subject, self.name, state, evidence, fix)


_STATES = {Severity.ERROR: State.FAILED, Severity.WARNING: State.WARNING, Severity.NOTE: State.SKIPPED}


def fact_of(subject: str, name: str, finding: Finding, state: State | None = None) -> Fact:
    """A finding as a fact; a note says that something is not known. `state` where doctor sees it less gravely."""
    return Fact(subject, name, state or _STATES[finding.severity], finding.sentence, finding.fix)


def failed(subject: str, name: str, error: BuildtoolError, fix: str = "") -> Fact:
    """A failure as a fact, with its place."""
    place = f"{error.place}: " if error.place else ""
    return Fact(subject, name, State.FAILED, " ".join(f"{place}{error.message}".split()), fix or error.fix)
