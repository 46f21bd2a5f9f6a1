"""The docker client, its engine and its buildx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.facts import Fact, State
from buildtool.errors import BuildtoolError
from buildtool.usecases.doctor.engine.check import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.usecases.doctor.engine.examined import Examined

DOCKER = "docker"


def checks(examined: Examined) -> list[Check]:
    return [
        Check(DOCKER, "client", lambda: _client(examined)),
        Check(DOCKER, "engine", lambda: _engine(examined)),
        Check(DOCKER, "buildx", lambda: _buildx(examined)),
    ]


def _client(examined: Examined) -> Iterator[Fact]:
    yield Fact(DOCKER, "client", State.OK, examined.client.own())


def _engine(examined: Examined) -> Iterator[Fact]:
    endpoint = examined.ports.endpoint()
    if examined.engine_is_far:
        yield Fact(DOCKER, "engine", State.SKIPPED, f"{endpoint} is reached by the docker program alone")
        return
    try:
        engine = examined.engine.own()
    except BuildtoolError as error:
        yield Fact(DOCKER, "engine", State.FAILED, f"{endpoint or 'its usual address'}: {error.message}", error.fix)
        return
    store = "containerd image store" if engine.containerd_store else "docker's own image store"
    yield Fact(DOCKER, "engine", State.OK, f"{engine.version} at {endpoint}, {store}")


def _buildx(examined: Examined) -> Iterator[Fact]:
    yield Fact(DOCKER, "buildx", State.OK, ".".join(map(str, examined.buildx.own())))
