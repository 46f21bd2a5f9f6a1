from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.facts import State
from buildtool.errors import DOCKER_UNREACHABLE, BuildtoolError
from buildtool.usecases.doctor.checks import disk

if TYPE_CHECKING:
    from tests.usecases.doctor.conftest import Parts


@pytest.mark.parametrize(
    ("free", "state"),
    [(50 * 10**9, State.OK), (4 * 10**9, State.WARNING), (10**8, State.FAILED), (None, State.SKIPPED)],
)
def test_room(parts: Parts, free: int | None, state: State) -> None:
    if free is not None:
        parts.machine.free = {"/tmp": free, "/var/lib/docker": free}
    found = parts.look(disk)
    assert found["disk", "temporary files"].state is found["disk", "images"].state is state
    if state is State.FAILED:
        assert "0.1 GB free at /tmp" in found["disk", "temporary files"].evidence
        assert "docker buildx prune" in found["disk", "images"].fix


def test_the_disk_of_another_machine_is_not_ours(parts: Parts) -> None:
    parts.machine.free = {"/var/lib/docker": 1}
    parts.endpoint = "tcp://vm:2375"
    assert parts.look(disk)["disk", "images"].state is State.SKIPPED


def test_without_an_engine(parts: Parts) -> None:
    parts.engine = BuildtoolError(DOCKER_UNREACHABLE, "down")
    assert parts.look(disk)["disk", "images"].evidence == "needs the docker engine"


def test_without_a_place_for_temporary_files(parts: Parts) -> None:
    parts.machine.temporary = None
    found = parts.look(disk)["disk", "temporary files"]
    assert found.state is State.FAILED
    assert "TMPDIR" in found.fix
