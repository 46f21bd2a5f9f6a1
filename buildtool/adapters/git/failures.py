"""git's error messages -> errors of kind git-*. The exit code is 128 for all, so the message decides (LC_ALL=C)."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.adapters.process import ProgramMissingError
from buildtool.errors import (
    GIT_DAMAGED,
    GIT_DUBIOUS_OWNERSHIP,
    GIT_FAILED,
    GIT_INCOMPLETE,
    GIT_MISSING,
    GIT_NO_WORK_TREE,
    GIT_NOT_A_REPOSITORY,
    BuildtoolError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.adapters.process import ProgramError

_DUBIOUS = re.compile(r"(?:dubious ownership in repository at|unsafe repository \()\s*'(?P<path>[^\n]*)'")
_NO_WORK_TREE = ("must be run in a work tree", "cannot use bare repository")
_PROMISED = ("from promisor remote", "promised object")
_LONGEST = 500  # characters of git's own words


def translated(error: ProgramError, argv: Sequence[str], directory: str) -> BuildtoolError:
    """The failure of one git command that ran for `directory`."""
    if isinstance(error, ProgramMissingError):
        return BuildtoolError(GIT_MISSING, "git is not installed or not on the PATH")
    dubious = _DUBIOUS.search(error.stderr)
    if dubious:
        fix = shlex.join(["git", "config", "--global", "--add", "safe.directory", dubious["path"]])
        return BuildtoolError(GIT_DUBIOUS_OWNERSHIP, f"{dubious['path']} belongs to another user", fix=fix)
    words = " ".join(error.stderr.split())[:_LONGEST] or f"it ended with exit code {error.returncode}"
    if "not a git repository" in error.stderr:
        return _no_repository(words, directory)
    if any(said in error.stderr for said in _NO_WORK_TREE):
        return BuildtoolError(GIT_NO_WORK_TREE, f"{directory} is a git repository without files")
    if any(said in error.stderr for said in _PROMISED):
        return BuildtoolError(GIT_INCOMPLETE, f"{shlex.join(argv)}: this partial clone lacks an object: {words}")
    return BuildtoolError(GIT_FAILED, f"{shlex.join(argv)}: {words}")


def _no_repository(words: str, directory: str) -> BuildtoolError:
    """There is none, or there is one that git cannot read: it says the same of both."""
    found = _entry_above(Path(directory))
    if found is None:
        return BuildtoolError(GIT_NOT_A_REPOSITORY, f"{directory} is not inside a git repository")
    return BuildtoolError(GIT_DAMAGED, f"{found} is there, and git cannot use it: {words}", fix=f"ls -la {found}")


def _entry_above(directory: Path) -> Path | None:
    """The nearest `.git`, where one is named like that, readable or not."""
    for folder in (directory, *directory.parents):
        try:
            (folder / ".git").lstat()
        except FileNotFoundError:
            continue
        except (OSError, ValueError):  # what may not be looked at is no answer
            return None
        return folder / ".git"
    return None
