"""Writes several files of a repository, all or none: new ones never over what is there, through no link."""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.text.printable import one_line
from buildtool.errors import INIT_UNWRITABLE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from buildtool.core.init.found import Change

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MODE = 0o666  # less the umask
_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def write_all(root: Path, changes: Sequence[Change]) -> None:
    """Write every change below `root`; where one fails, the others are taken back. Raises init-unwritable.

    A file that is changed must still have its old text, and keeps its mode; one that is read-only for all is refused.
    """
    with contextlib.ExitStack() as stack:
        base = _opened(root, stack)
        files = [_File(change) for change in changes]
        made: list[tuple[int, str]] = []  # folders: the descriptor above, and the name
        done: list[_File] = []
        try:
            for file in files:
                file.prepare(base, stack, made)
            for file in files:
                done.append(file)
                file.put()
        except BaseException as error:
            for file in reversed(done):
                file.take_back()
            for file in files:
                file.tidy()
            for above, name in reversed(made):
                with contextlib.suppress(OSError):
                    os.rmdir(name, dir_fd=above)
            if isinstance(error, OSError):
                raise _failed(error) from error
            raise
        for file in files:
            file.tidy()


def _failed(error: OSError) -> BuildtoolError:
    name = one_line(os.fsdecode(error.filename)) if isinstance(error.filename, (str, bytes)) else "a file"
    return BuildtoolError(INIT_UNWRITABLE, f"{name} cannot be written: {error.strerror or error}")


def _opened(root: Path, stack: contextlib.ExitStack) -> int:
    try:
        return _kept(os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), stack)
    except OSError as error:
        raise _failed(error) from error


def _kept(descriptor: int, stack: contextlib.ExitStack) -> int:
    stack.callback(os.close, descriptor)
    return descriptor


@dataclass(eq=False)
class _File:
    """One file: a new one beside it under a random name, then in its place."""

    change: Change
    folder: int = -1
    name: str = ""
    temporary: str = ""
    backup: str = ""
    placed: bool = False
    _names: list[str] = field(default_factory=list)

    def prepare(self, base: int, stack: contextlib.ExitStack, made: list[tuple[int, str]]) -> None:
        """Find the folder, compare what is there, and write the new text beside it."""
        *folders, self.name = self.change.path.split("/")
        self.folder = base
        for name in folders:
            self.folder = _kept(self._below(name, made), stack)
        mode = self._compared()
        self.temporary = self._beside()
        descriptor = os.open(self.temporary, _NEW, _MODE, dir_fd=self.folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self.change.new.encode("utf-8"))
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())

    def _below(self, name: str, made: list[tuple[int, str]]) -> int:
        if name in {"", ".", ".."}:
            raise self._refused("its path is not one of the repository")
        try:
            os.mkdir(name, dir_fd=self.folder)
            made.append((self.folder, name))
        except FileExistsError:
            pass
        try:
            return os.open(name, _FOLDER, dir_fd=self.folder)
        except OSError as error:
            raise self._refused(f"{one_line(name)} is a link, or no folder ({error.strerror})") from error

    def _compared(self) -> int | None:
        """The mode of the file that is changed; raises where what is there is not what was read."""
        try:
            status = os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            if self.change.old is None:
                return None
            raise self._refused("it is gone") from None
        if self.change.old is None:
            raise self._refused("there is something of this name already")
        if not stat.S_ISREG(status.st_mode):
            raise self._refused("it is a link, or no regular file")
        if not status.st_mode & _WRITE:
            raise self._refused(f"nobody may write it (chmod u+w {shlex.quote(one_line(self.change.path))})")
        descriptor = os.open(self.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self.folder)
        with os.fdopen(descriptor, "rb") as file:
            if file.read() != self.change.old.encode("utf-8"):
                raise self._refused("it was changed meanwhile")
        return stat.S_IMODE(status.st_mode)

    def put(self) -> None:
        """Into its place: a new file by a link, which never replaces; a changed one by a rename, with a copy kept."""
        if self.change.old is None:
            os.link(self.temporary, self.name, src_dir_fd=self.folder, dst_dir_fd=self.folder, follow_symlinks=False)
        else:
            backup = self._beside()
            os.link(self.name, backup, src_dir_fd=self.folder, dst_dir_fd=self.folder, follow_symlinks=False)
            self.backup = backup
            os.replace(self.temporary, self.name, src_dir_fd=self.folder, dst_dir_fd=self.folder)
        self.placed = True

    def take_back(self) -> None:
        if self.placed and self.change.old is None:
            with contextlib.suppress(OSError):
                os.unlink(self.name, dir_fd=self.folder)
        elif self.backup:
            with contextlib.suppress(OSError):
                os.replace(self.backup, self.name, src_dir_fd=self.folder, dst_dir_fd=self.folder)

    def tidy(self) -> None:
        """Remove what was only needed on the way."""
        for name in self._names:
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=self.folder)

    def _beside(self) -> str:
        name = f".buildtool-{secrets.token_hex(8)}"
        self._names.append(name)
        return name

    def _refused(self, why: str) -> BuildtoolError:
        return BuildtoolError(INIT_UNWRITABLE, f"{one_line(self.change.path)} cannot be written: {why}")
