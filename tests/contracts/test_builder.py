"""What the use cases rely on of a builder: the real buildx, and the one in memory that unit tests use."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.adapters.buildx import Buildx
from buildtool.adapters.clock import SystemClock
from buildtool.adapters.registry import RegistryClient
from buildtool.core.build.definition import RegistryDestination, Target, bake_definition
from buildtool.core.image.labels import REVISION
from buildtool.core.image.names import Platform, Repository
from buildtool.core.text.secrets import Secrets
from buildtool.errors import BUILD_NO_SUCH_FILE, BuildtoolError
from buildtool.usecases.prove import read_back
from tests.support.memory.builder import MemoryBuilder
from tests.support.memory.registry import MemoryRegistry
from tests.support.shop import NATIVE, TINY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from buildtool.core.build.definition import BakeDefinition
    from buildtool.core.build.events import BuildEvent

PLATFORM = Platform.parse(NATIVE)


@dataclass(frozen=True)
class Subject:
    """A builder, the registry it pushes to, and the folder that it builds."""

    builder: Any
    registry: Any
    host: str
    folder: Path

    def definition(self, *names: str) -> BakeDefinition:
        return bake_definition(
            [
                Target(
                    name=name,
                    context=str(self.folder),
                    dockerfile=str(self.folder / "Dockerfile"),
                    platforms=[PLATFORM],
                    destination=RegistryDestination(
                        Repository(self.host, f"contract/{name}"), insecure=True, candidate_tag="unproven"
                    ),
                    labels={REVISION: name},
                )
                for name in names
            ]
        )


@pytest.fixture(params=["memory", pytest.param("docker", marks=pytest.mark.engine)])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    (tmp_path / "Dockerfile").write_text(TINY)
    (tmp_path / "index.txt").write_text(str(tmp_path))
    if request.param == "memory":
        registry = MemoryRegistry()
        yield Subject(MemoryBuilder(registry), registry, "memory", tmp_path)
        return
    environment = {**os.environ, **request.getfixturevalue("engine")}
    host = request.getfixturevalue("registry_server")().address
    with RegistryClient(host, insecure=True, clock=SystemClock(), secrets=Secrets()) as client:
        yield Subject(Buildx(root=tmp_path, environment=environment), client, host, tmp_path)


def test_its_facts(subject: Subject) -> None:
    facts = subject.builder.facts()
    assert facts.name
    assert facts.buildx_version >= (0, 13, 0)
    assert facts.pushes_by_digest is (facts.driver != "docker")
    assert PLATFORM in facts.platforms


def test_every_target_is_pushed_and_its_digest_told(subject: Subject) -> None:
    events: list[BuildEvent] = []
    digests = subject.builder.bake(subject.definition("web", "api"), events.append)
    assert set(digests) == {"web", "api"}
    for name, digest in digests.items():
        repository = Repository(subject.host, f"contract/{name}")
        assert subject.registry.digest(repository, "unproven") == digest
        manifest, proof = read_back(subject.registry, repository, digest)
        assert manifest.digest == proof.digest == digest
        assert proof.platforms == [PLATFORM] or list(proof.platforms) == [PLATFORM]
        assert proof.label(REVISION) == name


def test_a_build_that_fails_pushes_nothing(subject: Subject) -> None:
    (subject.folder / "Dockerfile").write_text("FROM scratch\nCOPY nothing /\n")
    if isinstance(subject.builder, MemoryBuilder):
        subject.builder.failures = [BuildtoolError(BUILD_NO_SUCH_FILE, "COPY nothing /: not found")]
    with pytest.raises(BuildtoolError) as caught:
        subject.builder.bake(subject.definition("broken"), lambda _: None)
    assert caught.value.kind is BUILD_NO_SUCH_FILE
    assert subject.registry.digest(Repository(subject.host, "contract/broken"), "unproven") is None
