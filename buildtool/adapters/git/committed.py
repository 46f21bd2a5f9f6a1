"""The files of one commit, read out of git's objects: the work tree may hold anything."""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.unreadable import UnreadableError
from buildtool.core.yaml.bounds import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from buildtool.adapters.git.program import GitProgram

_LINK, _SUBMODULE = "120000", "160000"
_MOST_LINKS = 40  # as the kernel counts
_BATCH = 32 << 20  # bytes that git prints at once


class _Entry(NamedTuple):
    mode: str
    blob: str
    size: int


class CommittedFiles:
    """The same answers for a commit as RepositoryFiles has for the work tree: paths with `/`, and bytes.

    Files that `wanted` takes are read together when the first of them is asked for: one git for each costs 3 ms.
    """

    def __init__(self, program: GitProgram, sha: str, wanted: Callable[[str], bool]) -> None:
        self._program = program
        self._sha = sha
        self._wanted = wanted
        self._blobs: dict[str, bytes] = {}
        self._together = False

    def paths(self) -> tuple[str, ...]:
        """Sorted; without submodules."""
        return tuple(sorted(self._entries))

    def read(self, path: str) -> bytes:
        """The bytes of one file, through links inside the commit; raises UnreadableError."""
        entry = self._entries.get(self._target(path))
        if entry is None:
            raise UnreadableError("No such file or directory", missing=True)
        if entry.size > MAX_BYTES:
            raise UnreadableError(f"{entry.size:,} bytes, more than {MAX_BYTES:,}", code="yaml-too-large")
        if not self._together:
            self._together = True
            self._fetch({e.blob: e.size for p, e in self._entries.items() if self._wanted(p)})
        if entry.blob not in self._blobs:
            self._fetch({entry.blob: entry.size})
        try:
            return self._blobs[entry.blob]
        except KeyError:
            raise UnreadableError("this clone does not hold its content") from None

    @cached_property
    def _entries(self) -> Mapping[str, _Entry]:
        listed = self._program.read("ls-tree", "-r", "-z", "--long", "--full-tree", self._sha)
        found = {}
        for line in filter(None, listed.split("\0")):
            information, _, path = line.partition("\t")
            mode, _, blob, size = information.split()
            if mode != _SUBMODULE:
                found[path] = _Entry(mode, blob, int(size) if size.isdecimal() else 0)
        return found

    @cached_property
    def _links(self) -> Mapping[str, str]:
        """What each symbolic link leads to, by its path."""
        links = {path: entry for path, entry in self._entries.items() if entry.mode == _LINK}
        self._fetch({entry.blob: entry.size for entry in links.values() if entry.size <= MAX_BYTES})
        return {path: self._blobs.get(entry.blob, b"").decode("utf-8", "replace") for path, entry in links.items()}

    def _target(self, path: str) -> str:
        """The path behind all links; raises UnreadableError where they lead out of the repository or in a circle."""
        for _ in range(_MOST_LINKS if self._links else 0):
            link = next((part for part in _and_above(path) if part in self._links), None)
            if link is None:
                return path
            path = posixpath.normpath(posixpath.join(posixpath.dirname(link), self._links[link]) + path[len(link) :])
            if path.startswith(("../", "/")) or path == "..":
                raise UnreadableError("leads out of the repository", code="file-outside")
        if self._links:
            raise UnreadableError("Too many levels of symbolic links")
        return path

    def _fetch(self, sizes: Mapping[str, int]) -> None:
        batch: list[str] = []
        room = _BATCH
        for blob, size in sizes.items():
            if size > MAX_BYTES or blob in self._blobs:
                continue
            batch.append(blob)
            room -= size
            if room <= 0:
                self._ask(batch)
                batch, room = [], _BATCH
        if batch:
            self._ask(batch)

    def _ask(self, blobs: list[str]) -> None:
        """Read the output of `cat-file --batch`: `BLOB blob SIZE`, the bytes and a line end, for each."""
        printed = self._program.read_bytes("cat-file", "--batch", stdin="".join(f"{b}\n" for b in blobs).encode())
        position = 0
        for blob in blobs:
            end = printed.index(b"\n", position)
            head, position = printed[position:end].split(b" "), end + 1
            if head[-1] == b"missing":  # a partial clone
                continue
            size = int(head[-1])
            self._blobs[blob] = printed[position : position + size]
            position += size + 1


def _and_above(path: str) -> Iterator[str]:
    """`a`, `a/b`, `a/b/c` of `a/b/c`."""
    parts = path.split("/")
    return ("/".join(parts[: count + 1]) for count in range(len(parts)))
