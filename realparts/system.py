"""Installs Debian packages on this machine, once, and leaves its own apt settings as they are."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from realparts import paths, run, sources, terminal
from realparts.packages import NEWER_SUITE, needs_newer_suite, packages
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from realparts.machine import Machine
    from realparts.packages import Need

# RUNLEVEL=1 keeps a System V init from starting the new daemons: we start what we need, with our own settings.
_QUIET = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
_LOCK_SECONDS = 300  # another apt may be at work: a machine's first minutes often have one
_PIN = f"Package: *\nPin: release n={NEWER_SUITE}\nPin-Priority: 100\n"


def install(machine: Machine, missing: Collection[Need]) -> None:
    """Install what brings the missing things; PartError where that is not possible from here."""
    if not missing:
        return
    wanted = ", ".join(need.value for need in missing)
    names = packages(machine, missing)
    if not machine.installs:
        raise PartError(f"missing: {wanted}", advice(machine, missing))
    options = _view(machine) if needs_newer_suite(machine) else []
    terminal.heading(f"Install {wanted}")
    run.shown(["apt-get", "-qq", *options, "update"], env=_QUIET)
    apt = ["apt-get", "-qq", "-y", "-o", f"DPkg::Lock::Timeout={_LOCK_SECONDS}", *options]
    if run.shown([*apt, "install", "--no-install-recommends", *names], env=_QUIET) != 0:
        raise PartError(f"apt-get could not install {wanted}", "mend what apt-get says above, then run this again")


def advice(machine: Machine, missing: Collection[Need]) -> str:
    """What a person without the right to install types, or reads."""
    if machine.system == "Darwin":
        return "install Docker Desktop (or colima with docker and docker-buildx) and start it"
    if machine.linux and machine.apt and not needs_newer_suite(machine):
        return f"sudo apt-get install {' '.join(packages(machine, missing))}"
    if machine.linux and machine.apt:
        return "run this command once as root, or install Docker Engine by its own instructions and start it"
    return "install Docker Engine with buildx and compose by its own instructions, and start it"


def _view(machine: Machine) -> list[str]:
    """Options for apt that show the machine's own sources plus the newer suite, from a folder of ours."""
    archive = sources.find(machine.codename, sources.read())
    if archive is None:
        raise PartError(
            f"no apt source of this machine serves {machine.codename} main, so {NEWER_SUITE} cannot be derived from it",
            "install Docker Engine by its own instructions and start it",
        )
    base = paths.PARTS / "apt"
    shutil.rmtree(base / "sources", ignore_errors=True)
    shutil.rmtree(base / "preferences", ignore_errors=True)
    _with_links(base / "sources", sources.ETC / "sources.list.d", "newer.sources", archive.stanza(NEWER_SUITE))
    _with_links(base / "preferences", sources.ETC / "preferences.d", "newer", _PIN)
    (base / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    settings = {
        "APT::Sandbox::User": "root",  # apt's own user may not enter a checkout in somebody's home
        "Dir::Etc::sourceparts": base / "sources",
        "Dir::Etc::preferencesparts": base / "preferences",
        "Dir::State::lists": base / "lists",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
    }
    return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def _with_links(folder: Path, machine_folder: Path, name: str, text: str) -> None:
    """The machine's own files by link, and one more."""
    folder.mkdir(parents=True)
    for path in sorted(machine_folder.glob("*")) if machine_folder.is_dir() else []:
        (folder / path.name).symlink_to(path)
    (folder / name).write_text(text, encoding="utf-8")
