"""The git program: its version, its settings, and the few commands that `doctor --fix` runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.adapters.git.program import GitProgram

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SECONDS = 5.0


class GitSetup:
    """Works where there is no repository too; every method may raise an error of kind git-*."""

    def __init__(self, directory: Path | str, environ: Mapping[str, str]) -> None:
        self._program = GitProgram(directory, environ)

    def version(self) -> str:
        return self._program.read("--version", seconds=_SECONDS).strip().removeprefix("git version ")

    def setting(self, name: str) -> str | None:
        """A setting as git would use it here; None where it is not set, or empty."""
        return self._program.read("config", "--default", "", "--get", name, seconds=_SECONDS).strip() or None

    def run(self, arguments: Sequence[str]) -> None:
        """One of the commands that doctor names as a fix."""
        self._program.remote(*arguments)
