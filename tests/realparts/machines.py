"""Machines for tests of decisions."""

from __future__ import annotations

from dataclasses import replace

from realparts.machine import Machine

BOOKWORM = Machine(system="Linux", arch="amd64", distro="debian", codename="bookworm", root=True, apt=True)
TRIXIE = replace(BOOKWORM, codename="trixie")
UBUNTU = replace(BOOKWORM, distro="ubuntu", codename="noble")
FEDORA = Machine(system="Linux", arch="amd64", distro="fedora", codename="", root=True, apt=False)
MAC = Machine(system="Darwin", arch="arm64", distro="", codename="", root=False, apt=False)
