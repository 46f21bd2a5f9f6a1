"""The docker client, its engine and its buildx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.facts import Fact, State
from buildtool.errors import BuildtoolError
from buildtool.usecases.doctor.engine.interfaces import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.usecases.doctor.engine.shared_values import SharedValues

DOCKER = "docker"


def checks(shared: SharedValues) -> list[Check]:
    return [
        Check(DOCKER, "client", lambda: _client(shared)),
        Check(DOCKER, "engine", lambda: _engine(shared)),
        Check(DOCKER, "buildx", lambda: _buildx(shared)),
    ]


def _client(shared: SharedValues) -> Iterator[Fact]:
    yield Fact(DOCKER, "client", State.OK, shared.client.own())


def _engine(shared: SharedValues) -> Iterator[Fact]:
    endpoint = shared.ports.endpoint()
    if shared.engine_is_far:
        yield Fact(DOCKER, "engine", State.SKIPPED, f"{endpoint} is used over ssh: only docker can ask it")
        return
    try:
        engine = shared.engine.own()
    except BuildtoolError as error:
        yield Fact(DOCKER, "engine", State.FAILED, f"{endpoint or 'its usual address'}: {error.message}", error.fix)
        return
    store = "containerd image store" if engine.containerd_store else "docker's own image store"
    yield Fact(DOCKER, "engine", State.OK, f"{engine.version} at {endpoint}, {store}")


def _buildx(shared: SharedValues) -> Iterator[Fact]:
    yield Fact(DOCKER, "buildx", State.OK, ".".join(map(str, shared.buildx.own())))
