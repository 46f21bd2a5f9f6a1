"""git itself, rather than one repository: its version, its settings, and the few commands that mend a set-up."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from buildtool.adapters import process
from buildtool.adapters.git.environment import clean
from buildtool.adapters.git.failures import translated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SECONDS = 5.0
_FETCH_SECONDS = 600.0  # a whole history over a slow line


class GitSetup:
    """Works where there is no repository too; every method may raise an error of kind git-*."""

    def __init__(self, directory: Path | str, environ: Mapping[str, str]) -> None:
        self._directory = os.path.abspath(directory)  # noqa: PTH100 -- resolve() would change the path that is shown
        self._environment = clean(environ)

    def version(self) -> str:
        return self._run(["--version"], _SECONDS).strip().removeprefix("git version ")

    def setting(self, name: str) -> str | None:
        """A setting as git would use it here; None where it is not set, or empty."""
        return self._run(["config", "--default", "", "--get", name], _SECONDS).strip() or None

    def run(self, arguments: Sequence[str]) -> None:
        """One of the commands that doctor names as a fix."""
        self._run(arguments, _FETCH_SECONDS)

    def _run(self, arguments: Sequence[str], seconds: float) -> str:
        argv = ["git", "-C", self._directory, *arguments]
        try:
            return process.run(argv, env=self._environment, timeout=seconds).stdout
        except process.ProgramError as error:
            raise translated(error, ["git", *arguments], self._directory) from error
