"""The lock: the exact packages, with hashes, that `make` and CI install; pyproject.toml keeps open ranges."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from realparts import paths, run, say
from realparts.say import PartError

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = paths.ROOT / "requirements" / "dev.txt"
_OLDEST = "3.11"  # requires-python: one lock for it and all newer ones, by markers


def make(arguments: Sequence[str] = ()) -> None:
    """Write the lock for pyproject.toml with all its extras. What it holds stays, unless `--upgrade` is given."""
    say.heading(f"Lock what pyproject.toml asks for in {FILE.relative_to(paths.ROOT)}")
    argv = [uv(), "pip", "compile", "--universal", "--python-version", _OLDEST, "--all-extras", "--generate-hashes"]
    argv += ["--no-header", "--no-emit-index-url", "--quiet", "--output-file", str(FILE.relative_to(paths.ROOT))]
    if run.shown([*argv, *arguments, "pyproject.toml"], cwd=paths.ROOT) != 0:
        raise PartError("the lock could not be made", "mend what uv says above, run make lock again")
    say.note("make venv installs it; make lock ARGS=--upgrade takes the newest of everything")


def uv() -> str:
    """The program: the lock's own in `.venv`, else one that is installed."""
    own = paths.VENV / "bin" / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    if found is None:
        raise PartError("there is no uv, which writes the lock", "make venv, or install uv")
    return found
