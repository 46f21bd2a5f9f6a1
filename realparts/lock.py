"""The lock: the exact packages, with hashes, that `make` and CI install; pyproject.toml keeps open ranges."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from realparts import paths, run, terminal
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILE = paths.ROOT / "requirements" / "dev.txt"
HANDLER = paths.ROOT / "requirements" / "handler.txt"  # what Dockerfile.rollback-handler installs, out of the same lock
_OLDEST = "3.11"  # requires-python: one lock for it and all newer ones, by markers
_IMAGE = "3.13"  # the Python of the handler's image


def make(arguments: Sequence[str] = ()) -> None:
    """Write the locks for pyproject.toml. What they hold stays, unless `--upgrade` is given."""
    terminal.heading(f"Lock what pyproject.toml asks for in {FILE.parent.relative_to(paths.ROOT)}")
    _compile(FILE, _OLDEST, ["--all-extras", *arguments])
    extras = ["--extra", "cluster", "--extra", "handler", "--no-annotate"]
    _compile(HANDLER, _IMAGE, [*extras, "--constraint", str(FILE.relative_to(paths.ROOT))])
    terminal.note("make venv installs it; make lock ARGS=--upgrade takes the newest of everything")


def _compile(file: Path, python: str, arguments: Sequence[str]) -> None:
    argv = [uv(), "pip", "compile", "--universal", "--python-version", python, "--generate-hashes", "--no-header"]
    argv += ["--no-emit-index-url", "--quiet", "--output-file", str(file.relative_to(paths.ROOT))]
    if run.shown([*argv, *arguments, "pyproject.toml"], cwd=paths.ROOT) != 0:
        raise PartError("the lock could not be made", "mend what uv says above, run make lock again")


def uv() -> str:
    """The program: the lock's own in `.venv`, else one that is installed."""
    own = paths.VENV / "bin" / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    if found is None:
        raise PartError("there is no uv, which writes the lock", "make venv, or install uv")
    return found
