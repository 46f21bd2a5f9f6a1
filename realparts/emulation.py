"""Emulation of the other architecture: the kernel hands its programs to QEMU (binfmt_misc)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from realparts import run, system, terminal
from realparts.packages import Need
from realparts.terminal import PartError

if TYPE_CHECKING:
    from realparts.machine import Machine

_BINFMT = Path("/proc/sys/fs/binfmt_misc")
_DEFINITIONS = Path("/usr/lib/binfmt.d")
_INSTALLER = "tonistiigi/binfmt"


def works(machine: Machine) -> bool:
    """Whether programs of the other architecture run here, by the kernel or inside the engine's own machine."""
    return _registered(machine) or _engine_emulates(machine)


def missing(machine: Machine) -> list[Need]:
    """What is not installed."""
    there = _definition(machine).exists() and shutil.which("mount")
    return [] if there or works(machine) else [Need.EMULATION]


def ensure(machine: Machine) -> None:
    """Before an engine of ours starts, for it looks only then. PartError where emulation cannot be had."""
    if works(machine):
        return
    if not machine.installs:
        raise PartError(f"programs for {machine.foreign} do not run here", _advice(machine))
    system.install(machine, missing(machine))
    terminal.heading(f"Let the kernel run {machine.foreign} programs through QEMU")
    if not (_BINFMT / "register").exists():
        run.shown(["mount", "-t", "binfmt_misc", "binfmt_misc", str(_BINFMT)])
    _register(machine)


def _register(machine: Machine) -> None:
    terminal.note(f"{_definition(machine)} -> {_BINFMT / 'register'}")
    try:
        if not _registered(machine):  # the package may have done it
            line = _definition(machine).read_text(encoding="utf-8").strip()
            (_BINFMT / "register").write_text(line, encoding="utf-8")
    except OSError as error:
        raise PartError(
            f"the kernel takes no interpreter for {machine.foreign} ({error.strerror})",
            "load the module binfmt_misc on the host (modprobe binfmt_misc), or run in a privileged container",
        ) from error


def _registered(machine: Machine) -> bool:
    try:
        return (_BINFMT / f"qemu-{machine.foreign_qemu}").read_text(encoding="utf-8").startswith("enabled")
    except OSError:
        return False


def _definition(machine: Machine) -> Path:
    return _DEFINITIONS / f"qemu-{machine.foreign_qemu}.conf"


def _engine_emulates(machine: Machine) -> bool:
    """Docker Desktop brings its own: the default builder then names the platform."""
    shown = run.ask(["docker", "buildx", "inspect"])
    return shown is not None and f"linux/{machine.foreign}" in shown


def _advice(machine: Machine) -> str:
    installer = f"docker run --privileged --rm {_INSTALLER} --install {machine.foreign}"
    return f"{installer}   (Debian: sudo apt-get install qemu-user-static)"
