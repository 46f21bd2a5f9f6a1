"""Which Debian packages bring what is missing. Pure: needs in, package names out."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from realparts.machine import Machine

# Debian 12's docker.io (20.10) has neither buildx nor the containerd image store; Debian 13's installs on Debian 12.
NEWER_SUITE = "trixie"
_OLD_SUITES = frozenset({"bookworm"})


class Need(Enum):
    ENGINE = "a container engine"
    CLIENT = "the docker client"
    BUILDX = "docker buildx"
    COMPOSE = "docker compose"
    EMULATION = "emulation of the other architecture"
    VENV = "python3-venv"
    SSHD = "an ssh server"
    BUSYBOX = "busybox"
    WGET = "wget"
    PATCH = "patch"
    TMUX = "tmux"
    ZSH = "zsh"
    FISH = "fish"
    CHROMIUM = "a browser"


_DEBIAN = {
    Need.ENGINE: ("docker.io", "docker-cli", "docker-buildx", "docker-compose", "containerd", "iptables"),
    Need.CLIENT: ("docker-cli", "docker-buildx", "docker-compose"),
    Need.BUILDX: ("docker-buildx",),
    Need.COMPOSE: ("docker-compose",),
    Need.EMULATION: ("qemu-user-static", "mount"),
    Need.VENV: ("python3-venv",),
    Need.SSHD: ("openssh-server", "openssh-client"),
    Need.BUSYBOX: ("busybox",),
    Need.WGET: ("wget",),
    Need.PATCH: ("patch",),
    Need.TMUX: ("tmux",),
    Need.ZSH: ("zsh",),
    Need.FISH: ("fish",),
    Need.CHROMIUM: ("chromium",),
}
_UBUNTU = {
    **_DEBIAN,
    Need.ENGINE: ("docker.io", "docker-buildx", "docker-compose-v2", "iptables"),
    Need.CLIENT: ("docker.io", "docker-buildx", "docker-compose-v2"),
    Need.COMPOSE: ("docker-compose-v2",),
}
_FROM_NEWER = frozenset({"docker.io", "docker-cli", "docker-buildx", "docker-compose", "containerd"})


def needs_newer_suite(machine: Machine) -> bool:
    """Whether this Debian's own docker packages are too old."""
    return machine.distro == "debian" and machine.codename in _OLD_SUITES


def packages(machine: Machine, missing: Collection[Need]) -> tuple[str, ...]:
    """Arguments for apt-get install, each once, in a fixed order: `docker.io/trixie qemu-user-static`."""
    table = _UBUNTU if machine.distro == "ubuntu" else _DEBIAN
    names = dict.fromkeys(name for need in Need if need in missing for name in table[need])
    newer = needs_newer_suite(machine)
    return tuple(f"{name}/{NEWER_SUITE}" if newer and name in _FROM_NEWER else name for name in names)
