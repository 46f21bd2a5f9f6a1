"""The git program, run in one folder: reading what is on this machine, or talking to a remote."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from buildtool.adapters import process
from buildtool.adapters.git.failures import translated
from buildtool.core.commit.git_variables import SETTINGS, for_reading, for_remotes
from buildtool.errors import BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SHA = re.compile(r"[0-9a-f]{4,64}")
_SECONDS = 300.0  # the first status of a large checkout on a Pi's card is slow
_REMOTE_SECONDS = 600.0  # a whole history over a slow line


class GitProgram:
    """Every method may raise an error of kind git-*. Nothing of the repository's own runs while it is read."""

    def __init__(self, directory: Path | str, environ: Mapping[str, str]) -> None:
        self.directory = os.path.abspath(directory)  # noqa: PTH100 -- resolve() would change the path that is shown
        self._environ = environ
        self._reading = for_reading(environ)

    def at(self, directory: Path | str) -> GitProgram:
        """The same for another folder."""
        return GitProgram(directory, self._environ)

    def read(self, *arguments: str, seconds: float = _SECONDS) -> str:
        """What git prints."""
        return self._run(arguments, self._reading, seconds)

    def ask(self, *arguments: str, strict: bool = False) -> str | None:
        """The same, or None where git answers no with exit code 1; `strict`: a no with a complaint is a failure."""
        try:
            return self.read(*arguments)
        except BuildtoolError as error:
            if not is_no(error, strict=strict):
                raise
            return None

    def is_commit(self, revision: str) -> bool:
        """Whether this clone holds a commit of that name: HEAD, or 4 to 64 hexadecimal digits."""
        if revision != "HEAD" and not _SHA.fullmatch(revision):
            return False
        return self.ask("rev-parse", "--verify", "--quiet", revision + "^{commit}") is not None

    def read_bytes(self, *arguments: str, stdin: bytes, seconds: float = _SECONDS) -> bytes:
        """What git prints of data that need not be text; `stdin` names what is asked for."""
        try:
            return process.run_bytes(self._argv(arguments), env=self._reading, stdin=stdin, timeout=seconds)
        except process.ProgramError as error:
            raise translated(error, ["git", *arguments], self.directory) from error

    def remote(self, *arguments: str) -> str:
        """What git prints of a command that may talk to a remote, with the user's settings and credentials."""
        return self._run(arguments, for_remotes(self._environ), _REMOTE_SECONDS)

    def _run(self, arguments: tuple[str, ...], environment: Mapping[str, str], seconds: float) -> str:
        try:
            return process.run(self._argv(arguments), env=environment, timeout=seconds).stdout
        except process.ProgramError as error:
            raise translated(error, ["git", *arguments], self.directory) from error

    def _argv(self, arguments: tuple[str, ...]) -> list[str]:
        return ["git", *SETTINGS, "-C", self.directory, *arguments]


def is_no(error: BuildtoolError, *, strict: bool = False) -> bool:
    """Whether git answered no: exit code 1; `strict`: and without a complaint."""
    cause = error.__cause__
    return isinstance(cause, process.ProgramError) and cause.returncode == 1 and not (strict and cause.stderr.strip())
