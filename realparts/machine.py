"""What this computer is: read once, passed on as a value."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_QEMU = {"arm64": "aarch64", "amd64": "x86_64"}


@dataclass(frozen=True)
class Machine:
    """`arch` in the words of Debian and OCI; `distro` and `codename` from os-release, empty where there is none."""

    system: str
    arch: str
    distro: str
    codename: str
    root: bool
    apt: bool

    @property
    def linux(self) -> bool:
        return self.system == "Linux"

    @property
    def installs(self) -> bool:
        """Whether missing packages can be installed from here: apt, and the right to use it."""
        return self.linux and self.apt and self.root

    @property
    def foreign(self) -> str:
        """The other of the two architectures, the one that needs emulation."""
        return "amd64" if self.arch == "arm64" else "arm64"

    @property
    def foreign_qemu(self) -> str:
        """The foreign architecture in QEMU's words."""
        return _QEMU[self.foreign]


def read() -> Machine:
    release = parse_os_release(_os_release())
    return Machine(
        system=platform.system(),
        arch=_ARCHITECTURES.get(platform.machine().lower(), platform.machine()),
        distro=release.get("ID", ""),
        codename=release.get("VERSION_CODENAME", ""),
        root=hasattr(os, "geteuid") and os.geteuid() == 0,
        apt=shutil.which("apt-get") is not None,
    )


def parse_os_release(text: str) -> dict[str, str]:
    """The assignments of an os-release file (os-release(5)), unquoted."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip().strip("\"'") for key, value in pairs}


def _os_release() -> str:
    try:
        return Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return ""
