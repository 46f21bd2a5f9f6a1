"""Failures of the computer that any code may meet (full disk, no memory): errors for the user, not bugs."""

from __future__ import annotations

import errno
import os
import sys

from buildtool.errors import BUILD_DISK_FULL, GIT_NOT_A_REPOSITORY, OUTPUT_UNWRITABLE, USAGE, BuildtoolError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_USED_UP = {
    errno.EMFILE: "open files (ulimit -n)",
    errno.ENFILE: "open files of the whole machine",
    errno.EAGAIN: "processes and threads (ulimit -u, or the container's limit)",
    errno.ENOMEM: "memory (ulimit -v)",
}
_NO_THREAD = "can't start new thread"  # Python's words; it has no class of its own


def environment_fault(error: BaseException) -> BuildtoolError | None:
    """What the exception says of the environment; None for one that only a bug can raise."""
    if _folder_is_gone():
        fix = "change into a directory that is there, or name one with -C DIR"
        return BuildtoolError(GIT_NOT_A_REPOSITORY, "the directory this runs in was deleted", fix=fix)
    used_up = _used_up(error)
    if used_up:
        return BuildtoolError(USAGE, f"this run gets no more {used_up}", fix="end other programs, or raise the limit")
    if isinstance(error, UnicodeEncodeError) and sys.getfilesystemencoding() != "utf-8":
        message = f"a file name cannot be used: Python takes file names as {sys.getfilesystemencoding()} here"
        return BuildtoolError(USAGE, message, fix="export PYTHONUTF8=1")
    return _full(error) if isinstance(error, OSError) and error.errno in _FULL else None


def _full(error: OSError) -> BuildtoolError:
    if error.filename is None:
        return BuildtoolError(OUTPUT_UNWRITABLE, f"the output cannot be written: {error.strerror}")
    return BuildtoolError(BUILD_DISK_FULL, f"{error.filename} cannot be written: {error.strerror}")


def _used_up(error: BaseException) -> str | None:
    """What the machine gives this run no more of."""
    if isinstance(error, MemoryError):
        return _USED_UP[errno.ENOMEM]
    if isinstance(error, RuntimeError):
        return _USED_UP[errno.EAGAIN] if str(error) == _NO_THREAD else None
    return _USED_UP.get(error.errno or 0) if isinstance(error, OSError) else None


def _folder_is_gone() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 -- only whether it is there
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False
