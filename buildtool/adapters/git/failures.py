"""What git's complaints mean. Its exit code is 128 for all of them, so the words decide; LC_ALL=C keeps them stable."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from buildtool.adapters.process import ProgramMissingError
from buildtool.errors import (
    GIT_DUBIOUS_OWNERSHIP,
    GIT_FAILED,
    GIT_MISSING,
    GIT_NO_WORK_TREE,
    GIT_NOT_A_REPOSITORY,
    BuildtoolError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.adapters.process import ProgramError

_DUBIOUS = re.compile(r"(?:dubious ownership in repository at|unsafe repository \()\s*'(?P<path>[^\n]*)'")


def translated(error: ProgramError, argv: Sequence[str], directory: str) -> BuildtoolError:
    """The failure of one git command that ran for `directory`."""
    if isinstance(error, ProgramMissingError):
        return BuildtoolError(GIT_MISSING, "git is not installed or not on the PATH")
    dubious = _DUBIOUS.search(error.stderr)
    if dubious:
        fix = shlex.join(["git", "config", "--global", "--add", "safe.directory", dubious["path"]])
        return BuildtoolError(GIT_DUBIOUS_OWNERSHIP, f"{dubious['path']} belongs to another user", fix=fix)
    if "not a git repository" in error.stderr:
        return BuildtoolError(GIT_NOT_A_REPOSITORY, f"{directory} is not inside a git repository")
    if "must be run in a work tree" in error.stderr:
        return BuildtoolError(GIT_NO_WORK_TREE, f"{directory} is a git repository without files")
    words = " ".join(error.stderr.split()) or f"it ended with exit code {error.returncode}"
    return BuildtoolError(GIT_FAILED, f"{shlex.join(argv)}: {words[:500]}")
