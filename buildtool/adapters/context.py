"""The files of a build context on the disk, walked as BuildKit walks them: from the top, links as links, no `.git`."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.build.ignorefile import TOP
from buildtool.core.build.inputs import ContextEntry, ContextTree, UnknownInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.build.ignorefile import EntryFilter, Seen

_PIECE = 1 << 20  # bytes
_SETTLED = 2_000_000_000  # ns: a file changed as lately as this may change again within one tick of its clock
_KINDS = {stat.S_IFIFO: "fifo", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFBLK: "device"}
_CAPABILITY = "security.capability"
_GONE = frozenset({errno.ENOENT, errno.ENOTDIR})


class ContextFiles:
    """Reads contexts below any folder; what was read of a file is kept while the file's every stamp stays the same."""

    def __init__(self) -> None:
        self._contents: dict[tuple[int, ...], str] = {}

    def tree(self, folder: str, selection: EntryFilter, known: Mapping[str, str]) -> ContextTree:
        """The entries below a folder that the selection lets through; raises UnknownInputError where one is unreadable.

        `known` holds the blob ids of files whose content is known already, by path from the folder. A blob id is git's:
        SHA-256 where `known` says so by its length, else SHA-1.
        """
        walk = _Walk(folder, selection, known, self)
        return walk.tree()

    def text(self, path: str) -> bytes | None:
        """The bytes of a file, links followed; None where there is no such file."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            if error.errno in _GONE:
                return None
            raise UnknownInputError(f"{path} cannot be read: {error.strerror}") from error
        with open(descriptor, "rb") as file:  # noqa: PTH123 -- of a descriptor
            return file.read() if stat.S_ISREG(os.fstat(descriptor).st_mode) else None

    def real(self, path: str) -> str:
        """The path with all links followed."""
        return os.path.realpath(path)

    def content(self, path: str, algorithm: str) -> str:
        """The blob id that git would give to the file."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                return self._content(descriptor, os.fstat(descriptor), algorithm)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise UnknownInputError(f"{path} cannot be read: {error.strerror}") from error

    def _content(self, descriptor: int, status: os.stat_result, algorithm: str) -> str:
        key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns, len(algorithm))
        if key in self._contents:
            return self._contents[key]
        began = time.time_ns()
        digest = hashlib.new(algorithm, b"blob %d\0" % status.st_size, usedforsecurity=False)
        size, asked = 0, min(status.st_size + 1, _PIECE)
        while True:
            piece = os.read(descriptor, asked)
            digest.update(piece)
            size += len(piece)
            if len(piece) < asked:  # of a regular file: its end
                break
        if size != status.st_size:
            raise OSError(errno.EBUSY, "it changes while it is read")
        if began - status.st_ctime_ns > _SETTLED:
            self._contents[key] = digest.hexdigest()
        return digest.hexdigest()


@dataclass(slots=True)
class _Walk:
    """One walk of one context, folder by folder."""

    root: str
    selection: EntryFilter
    known: Mapping[str, str]
    files: ContextFiles
    entries: dict[str, ContextEntry] = field(default_factory=dict)
    folders: dict[str, ContextEntry] = field(default_factory=dict)
    git: list[str] = field(default_factory=list)
    algorithm: str = "sha1"

    def tree(self) -> ContextTree:
        sample = next(iter(self.known.values()), "")
        self.algorithm = "sha256" if len(sample) == hashlib.sha256().digest_size * 2 else "sha1"
        stack = [("", TOP)]
        while stack:
            stack += self._folder(*stack.pop())
        return ContextTree(self.entries, tuple(sorted(self.git)))

    def _folder(self, folder: str, seen: Seen) -> list[tuple[str, Seen]]:
        """Take in what a folder holds; the folders below it that are still to be walked."""
        below: list[tuple[str, Seen]] = []
        before = len(self.entries)
        for entry in self._listed(folder, seen):
            path = f"{folder}/{entry.name}" if folder else entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            answer = self.selection.enter(path, seen, folder=is_folder)
            if entry.name == ".git":
                self.git += [path] if answer.sent else []
            elif is_folder:
                self._take_folder(path, entry, answer)
                below += [] if answer.skips else [(path, answer)]
            elif answer.sent:
                self._take(path, entry)
        if len(self.entries) > before:
            self._take_parents(folder)
        return below

    def _listed(self, folder: str, seen: Seen) -> list[os.DirEntry[str]]:
        place = f"{self.root}/{folder}" if folder else self.root
        try:
            with os.scandir(place) as listed:
                return list(listed)
        except OSError as error:
            if (error.errno in _GONE and folder) or (not seen.sent and error.errno == errno.EACCES):
                return []  # as BuildKit does
            raise UnknownInputError(f"the folder {place} cannot be read: {error.strerror}") from error

    def _take_folder(self, path: str, entry: os.DirEntry[str], answer: Seen) -> None:
        try:
            mode = stat.S_IMODE(entry.stat(follow_symlinks=False).st_mode)
        except FileNotFoundError:
            return
        self.folders[path] = ContextEntry("folder", mode)
        if answer.sent:
            self._take_parents(path)

    def _take_parents(self, folder: str) -> None:
        """A folder goes with the first thing that is sent from below it."""
        while folder and folder not in self.entries and folder in self.folders:
            self.entries[folder] = self.folders[folder]
            folder = folder.rpartition("/")[0]

    def _take(self, path: str, entry: os.DirEntry[str]) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
            self.entries[path] = self._entry(path, entry.path, status)
        except FileNotFoundError:
            return
        except OSError as error:
            raise UnknownInputError(f"{entry.path} cannot be read: {error.strerror}") from error

    def _entry(self, path: str, place: str, status: os.stat_result) -> ContextEntry:
        kind, mode = stat.S_IFMT(status.st_mode), stat.S_IMODE(status.st_mode)
        if kind == stat.S_IFREG:
            content = self.known.get(path) or self.files.content(place, self.algorithm)
            return ContextEntry("file", mode, content + (_capability(place) if mode & 0o111 else ""))
        if kind == stat.S_IFLNK:
            return ContextEntry("link", 0, os.readlink(place))  # noqa: PTH115 -- as it is, not as a path
        return ContextEntry(_KINDS.get(kind, "unknown"), mode, str(status.st_rdev))


def _capability(place: str) -> str:
    """The one extended attribute that BuildKit compares, of a program that may do more than its user."""
    try:
        return "+" + os.getxattr(place, _CAPABILITY, follow_symlinks=False).hex()
    except OSError:
        return ""
