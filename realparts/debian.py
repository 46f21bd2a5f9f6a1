"""Debian packages of any architecture, fetched into a folder without root and without installing anything."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from realparts import paths, run, sources, terminal
from realparts.packages import NEWER_SUITE
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from realparts.machine import Machine

_FRESH = 3 * 3600 * 10**9  # nanoseconds
# #clear: the machine's own list of architectures would be added otherwise.
_CONFIGURATION = """\
Dir::State "{base}/state";
Dir::State::status "{base}/state/status";
Dir::Cache "{base}/cache";
Dir::Etc::sourcelist "{base}/debian.sources";
Dir::Etc::sourceparts "{base}/none";
Dir::Etc::preferences "{base}/none/preferences";
Dir::Etc::preferencesparts "{base}/none";
#clear APT::Architectures;
APT::Architecture "{arch}";
APT::Architectures {{ "{arch}"; }};
APT::Sandbox::User "";
"""


def available(machine: Machine) -> bool:
    """Whether this machine knows a Debian archive."""
    return machine.apt and machine.distro == "debian" and _archive(machine) is not None


def fetch(machine: Machine, arch: str, names: Sequence[str], suite: str = NEWER_SUITE) -> list[Path]:
    """The packages and all they depend on, as .deb files in the cache, dependencies first."""
    base = _folder() / f"{suite}-{arch}"
    env = _prepare(machine, arch, suite, base)
    terminal.note(f"fetch {' '.join(names)} for {arch} from Debian {suite}")
    _update(base, env)
    install = ["apt-get", "-q", "-y", "--no-install-recommends", "install", *names]
    # apt leaves out what it has fetched already, so it is shown an empty folder.
    listed = run.quiet([*install, "--print-uris", "-o", f"Dir::Cache::archives={base / 'none'}"], env=env)
    run.quiet([*install, "--download-only"], env=env)
    return [base / "cache" / "archives" / name for name in files_in(listed)]


def forget() -> None:
    """Remove what was fetched, once something has been made of it."""
    shutil.rmtree(_folder(), ignore_errors=True)


def files_in(listed: str) -> list[str]:
    """The file names in the answer of `--print-uris`: lines of 'URI' NAME SIZE HASH."""
    return [line.split()[1] for line in listed.splitlines() if line.startswith("'")]


def _update(base: Path, env: Mapping[str, str]) -> None:
    """Fetch the package lists, at most once in a few hours."""
    stamp = base / "updated"
    if stamp.exists() and time.time_ns() - stamp.stat().st_mtime_ns < _FRESH:
        return
    run.quiet(["apt-get", "-q", "update"], env=env)
    stamp.touch()


def _prepare(machine: Machine, arch: str, suite: str, base: Path) -> Mapping[str, str]:
    archive = _archive(machine)
    if archive is None:
        raise PartError("this machine knows no Debian archive", "run on Debian, or where the public registry answers")
    for folder in ("state/lists/partial", "cache/archives/partial", "none/partial"):
        (base / folder).mkdir(parents=True, exist_ok=True)
    (base / "state/status").touch()
    (base / "debian.sources").write_text(archive.stanza(suite), encoding="utf-8")
    configuration = base / "apt.conf"
    configuration.write_text(_CONFIGURATION.format(base=base, arch=arch), encoding="utf-8")
    return {"APT_CONFIG": str(configuration), "LC_ALL": "C"}


def _folder() -> Path:
    return paths.CACHE / "debian"


def _archive(machine: Machine) -> sources.Archive | None:
    return sources.find(machine.codename, sources.read())
