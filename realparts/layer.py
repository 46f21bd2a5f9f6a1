"""The root file system of a stand-in as one layer: files of Debian packages, nothing run, nothing unpacked to disk."""

from __future__ import annotations

import copy
import gzip
import io
import tarfile
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from realparts import deb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_MERGED = ("bin", "sbin", "lib", "lib64")  # Debian's merged /usr: these are links to usr/…
_LEFT_OUT = tuple(
    f"usr/share/{name}" for name in ("doc", "man", "locale", "info", "lintian", "bug", "doc-base", "bash-completion")
)
_USERS = "root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101:nginx:/nonexistent:/usr/sbin/nologin\n"
_GROUPS = "root:x:0:\nnginx:x:101:\n"
_COMPRESSION = 3  # a loopback transfer does not repay more


@dataclass
class Root:
    """A file tree in memory: path without leading slash -> entry and content."""

    entries: dict[str, tuple[tarfile.TarInfo, bytes]] = field(default_factory=dict)

    def add_package(self, path: Path) -> None:
        with deb.data(path) as archive:
            for member in archive:
                name = merged(member.name)
                if name in {".", *_MERGED} or name.startswith(_LEFT_OUT):
                    continue
                body = archive.extractfile(member) if member.isreg() else None
                self._put(name, _plain(member), body.read() if body else b"")

    def add_file(self, name: str, text: str, mode: int = 0o644) -> None:
        entry = tarfile.TarInfo()
        entry.mode = mode
        self._put(name, entry, text.encode())

    def add_link(self, name: str, target: str) -> None:
        entry = tarfile.TarInfo()
        entry.type = tarfile.SYMTYPE
        entry.linkname = target
        entry.mode = 0o777
        self._put(name, entry, b"")

    def add_directory(self, name: str, mode: int = 0o755) -> None:
        entry = tarfile.TarInfo()
        entry.type = tarfile.DIRTYPE
        entry.mode = mode
        self._put(name, entry, b"")

    def _put(self, name: str, entry: tarfile.TarInfo, body: bytes) -> None:
        for parent in PurePosixPath(name).parents:
            if str(parent) != "." and str(parent) not in self.entries:
                self.add_directory(str(parent))
        entry.name = name
        entry.size = len(body)
        self.entries[name] = (entry, body)

    def tar(self) -> bytes:
        """The tree as a tar: sorted, no times, so that the same packages give the same bytes."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
            # Hard links after what they point to.
            for name in sorted(self.entries, key=lambda n: (self.entries[n][0].islnk(), n)):
                entry, body = self.entries[name]
                archive.addfile(entry, io.BytesIO(body))
        return out.getvalue()


def build(packages: Iterable[Path], links: Mapping[str, str]) -> Root:
    """A root with the packages' files and the links (path -> target) on top."""
    root = Root()
    for name in _MERGED:
        root.add_directory(f"usr/{name}")
        root.add_link(name, f"usr/{name}")
    root.add_directory("tmp", 0o1777)
    for package in packages:
        root.add_package(package)
    root.add_file("etc/passwd", _USERS)
    root.add_file("etc/group", _GROUPS)
    for name, target in links.items():
        root.add_link(name, target)
    return root


def compress(tar: bytes) -> bytes:
    return gzip.compress(tar, compresslevel=_COMPRESSION, mtime=0)


def merged(name: str) -> str:
    """`./bin/sh` -> `usr/bin/sh`."""
    plain = name.removeprefix("./").rstrip("/") or "."
    first, _, rest = plain.partition("/")
    return f"usr/{plain}" if first in _MERGED and rest else plain


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    entry = copy.copy(member)
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = 0
    entry.pax_headers = {}
    if entry.islnk():
        entry.linkname = merged(entry.linkname)
    return entry
