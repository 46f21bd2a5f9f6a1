from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from realparts import run, system
from realparts.packages import Need, packages
from realparts.terminal import PartError
from tests.realparts.machines import BOOKWORM, FEDORA, MAC, TRIXIE, UBUNTU

if TYPE_CHECKING:
    from realparts.machine import Machine


def test_debian_12_takes_docker_from_debian_13_and_the_rest_from_itself() -> None:
    assert packages(BOOKWORM, [Need.ENGINE, Need.EMULATION]) == (
        "docker.io/trixie",
        "docker-cli/trixie",
        "docker-buildx/trixie",
        "docker-compose/trixie",
        "containerd/trixie",
        "iptables",
        "qemu-user-static",
        "mount",
    )


def test_debian_13_takes_everything_from_itself() -> None:
    assert packages(TRIXIE, [Need.BUILDX, Need.VENV]) == ("docker-buildx", "python3-venv")


def test_ubuntu_names_its_packages_differently() -> None:
    assert packages(UBUNTU, [Need.COMPOSE]) == ("docker-compose-v2",)
    assert "docker-cli" not in packages(UBUNTU, [Need.ENGINE])


def test_a_package_that_two_needs_ask_for_is_named_once() -> None:
    names = packages(TRIXIE, [Need.ENGINE, Need.CLIENT, Need.BUILDX, Need.COMPOSE])
    assert len(names) == len(set(names))


def test_nothing_missing_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[object] = []
    monkeypatch.setattr(run, "shown", lambda *arguments, **_: ran.append(arguments))
    for machine in (BOOKWORM, replace(BOOKWORM, root=False), FEDORA, MAC):
        system.install(machine, [])
    assert ran == []


@pytest.mark.parametrize(
    ("here", "advice"),
    [
        (replace(TRIXIE, root=False), "sudo apt-get install docker-buildx"),
        (replace(UBUNTU, root=False), "sudo apt-get install docker-buildx"),
        (replace(BOOKWORM, root=False), "run this command once as root"),
        (FEDORA, "install Docker Engine"),
        (MAC, "install Docker Desktop"),
    ],
)
def test_who_cannot_install_is_told_what_to_type(here: Machine, advice: str) -> None:
    with pytest.raises(PartError, match="missing: docker buildx") as raised:
        system.install(here, [Need.BUILDX])
    assert advice in raised.value.fix
