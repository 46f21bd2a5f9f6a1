from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.facts import State
from buildtool.errors import DOCKER_UNREACHABLE, BuildtoolError
from buildtool.usecases.doctor.checks import builder, docker

if TYPE_CHECKING:
    from tests.usecases.doctor.conftest import Parts


def test_versions_and_store(parts: Parts) -> None:
    found = parts.look(docker)
    assert found["docker", "client"].evidence == "28.2.2"
    assert found["docker", "buildx"].evidence == "0.13.1"
    assert found["docker", "engine"].evidence == "26.1 at unix:///var/run/docker.sock, containerd image store"


def test_an_engine_over_ssh_is_left_to_the_builder(parts: Parts) -> None:
    """docker-py cannot ask it without paramiko; that is no fault of the set-up."""
    parts.endpoint = "ssh://vm"
    parts.engine = BuildtoolError(DOCKER_UNREACHABLE, "install paramiko")
    assert parts.look(docker)["docker", "engine"].state is State.SKIPPED
    assert parts.look(builder)["builder", "builder"].state is State.OK
