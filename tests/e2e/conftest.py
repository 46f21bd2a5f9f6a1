"""What several files share: a registry of each, and both ways in which a builder pushes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.buildkitd import remote_builder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.parts import Registries


@pytest.fixture(scope="module")
def upstream(registry_server: Registries) -> Iterator[str]:
    """The address of a registry for the tests of one file."""
    server = registry_server()
    yield server.address
    server.stop()


@pytest.fixture(scope="module", params=["docker", pytest.param("remote", marks=pytest.mark.go)])
def builder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, engine: Mapping[str, str]
) -> Iterator[Mapping[str, str]]:
    """Variables that select a builder: the engine, which pushes under a candidate tag, or one that pushes by digest."""
    if request.param == "docker":
        yield engine
        return
    with remote_builder(tmp_path_factory.mktemp("buildkitd"), engine) as variables:
        yield variables
