"""Failures of the machine that any line of ours may meet: no bugs, and told as what they are."""

from __future__ import annotations

import errno
import os

from buildtool.errors import BUILD_DISK_FULL, GIT_NOT_A_REPOSITORY, OUTPUT_UNWRITABLE, USAGE, BuildtoolError

_FULL = (errno.ENOSPC, errno.EDQUOT)


def environment_fault(error: BaseException) -> BuildtoolError | None:
    """What the exception says of the environment; None for one that only a bug can raise."""
    if _folder_is_gone():
        fix = "change into a directory that is there, or name one with -C DIR"
        return BuildtoolError(GIT_NOT_A_REPOSITORY, "the directory this runs in was deleted", fix=fix)
    if isinstance(error, MemoryError):
        return BuildtoolError(
            USAGE, "there is no memory left", fix="end other programs, or raise the limit (ulimit -v)"
        )
    if not isinstance(error, OSError):
        return None
    if error.errno in _FULL and error.filename is None:
        return BuildtoolError(OUTPUT_UNWRITABLE, f"the output cannot be written: {error.strerror}")
    if error.errno in _FULL:
        return BuildtoolError(BUILD_DISK_FULL, f"{error.filename} cannot be written: {error.strerror}")
    return None


def _folder_is_gone() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 -- only whether it is there
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False
