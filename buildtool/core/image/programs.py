"""Layers of an image -> its programs, scripts and links by path, with the architecture of each program.

A file is classified by its first bytes. `started` finds out which program the image starts.
"""

from __future__ import annotations

import gzip
import posixpath
import tarfile
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any, Self, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# e_machine of the ELF header (System V ABI) by the architecture names of OCI; 32 and 64 bit, little and big endian
_MACHINES: dict[tuple[int, int, str], str] = {
    (62, 2, "little"): "amd64",
    (3, 1, "little"): "386",
    (183, 2, "little"): "arm64",
    (40, 1, "little"): "arm",
    (243, 2, "little"): "riscv64",
    (21, 2, "little"): "ppc64le",
    (22, 2, "big"): "s390x",
    (8, 2, "little"): "mips64le",
    (258, 2, "little"): "loong64",
}
_MOST_LINKS = 40
_HEADER = 256
_ZSTD = b"\x28\xb5\x2f\xfd"  # RFC 8878, magic number
_GZIP = b"\x1f\x8b"
_SHORTEST_ELF = 20  # up to and with e_machine

# Bounds of one layer. The registry client bounds the compressed size; these bound what it unpacks to.
_MOST_ENTRIES = 500_000
_LONGEST_PATH = 4096  # Linux: PATH_MAX
_LARGEST_HEADER = 1 << 20  # a long name or extended header, which tarfile reads into memory
_ALWAYS_UNPACKED = 1 << 30
_MOST_TIMES = 200  # so many times the packed size, where that is more
_LONG_HEADERS = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)


class FileKind(StrEnum):
    ELF = "elf"
    SCRIPT = "script"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class LayerEntry:
    """A file of a layer: `value` is a program's architecture, a script's interpreter, or a link's target."""

    kind: FileKind
    value: str = ""


@dataclass(slots=True)
class LayerIndex:
    """Programs and links of one layer by absolute path, and what it hides of the layers below."""

    entries: dict[str, LayerEntry] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    opaque: set[str] = field(default_factory=set)


def dump(index: LayerIndex) -> dict[str, Any]:
    """A form for JSON."""
    return {
        "entries": {path: [entry.kind.value, entry.value] for path, entry in index.entries.items()},
        "removed": sorted(index.removed),
        "opaque": sorted(index.opaque),
    }


def load(document: Mapping[str, Any]) -> LayerIndex:
    """The index behind a `dump`; raises KeyError, ValueError or TypeError for anything else."""
    entries = {str(path): LayerEntry(FileKind(kind), str(value)) for path, (kind, value) in document["entries"].items()}
    return LayerIndex(entries, set(document["removed"]), set(document["opaque"]))


def read_layer(file: IO[bytes]) -> LayerIndex:
    """The index of a layer, uncompressed or compressed (gzip, zstd); raises ValueError for anything else.

    Bounded in time and space: a layer with more entries, or that unpacks to more, than any real one is refused.
    """
    try:
        return _index(file)
    except Exception as error:  # tarfile and the decompressors raise what they like on broken bytes
        if isinstance(error, LayerBoundError):
            raise
        raise ValueError(f"not a layer: {type(error).__name__}: {error}") from error


class LayerBoundError(ValueError):
    """The layer is larger than this program reads."""


def _index(file: IO[bytes]) -> LayerIndex:
    index = LayerIndex()
    with tarfile.open(fileobj=_unpacked(file), mode="r|", tarinfo=_Member, bufsize=1 << 16) as archive:
        count = 0
        while (member := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # it would keep them all
            count += 1
            if count > _MOST_ENTRIES:
                raise LayerBoundError(f"it has more than {_MOST_ENTRIES} entries")
            if len(member.name) <= _LONGEST_PATH and len(member.linkname) <= _LONGEST_PATH:
                _take(index, archive, member)
    return index


def _take(index: LayerIndex, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    path = _absolute(member.name)
    folder, name = posixpath.split(path)
    if name == ".wh..wh..opq":
        index.opaque.add(folder)
    elif name.startswith(".wh."):
        index.removed.add(posixpath.join(folder, name.removeprefix(".wh.")))
    elif member.issym():
        index.entries[path] = LayerEntry(FileKind.LINK, member.linkname)
    elif member.islnk():
        index.entries[path] = index.entries.get(_absolute(member.linkname), LayerEntry(FileKind.OTHER))
    elif member.isfile():
        source = archive.extractfile(member) if member.mode & 0o111 else None
        index.entries[path] = classify(source.read(_HEADER)) if source else LayerEntry(FileKind.OTHER)


def _absolute(name: str) -> str:
    """The path in its normal form; POSIX lets two slashes at the start stand, and they mean one here."""
    return "/" + posixpath.normpath("/" + name).lstrip("/")


class _Member(tarfile.TarInfo):
    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        member = super().frombuf(buf, encoding, errors)
        if member.size < 0 or (member.type in _LONG_HEADERS and member.size > _LARGEST_HEADER):
            raise LayerBoundError(f"it has a header of {member.size} bytes")
        return member


class _Bounded:
    """A stream that ends in an error after so many bytes."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream = stream
        self._left = most

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise LayerBoundError("it unpacks to more than any layer holds")
        return data


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    """What tarfile can read piece by piece; it knows zstd only from Python 3.14 on, and unpacks gzip without bounds."""
    size = file.seek(0, 2)
    file.seek(0)
    magic = file.read(len(_ZSTD))
    file.seek(0)
    stream: IO[bytes] = file
    if magic.startswith(_GZIP):
        stream = cast("IO[bytes]", gzip.GzipFile(fileobj=file, mode="rb"))
    elif magic == _ZSTD:
        from zstandard import ZstdDecompressor  # noqa: PLC0415 -- few layers are

        stream = ZstdDecompressor().stream_reader(file, closefd=False, read_across_frames=True)
    return cast("IO[bytes]", _Bounded(stream, max(_ALWAYS_UNPACKED, size * _MOST_TIMES)))


def classify(head: bytes) -> LayerEntry:
    """What the first bytes of a file say it is."""
    if head[:4] == b"\x7fELF" and len(head) >= _SHORTEST_ELF:
        order = "little" if head[5] == 1 else "big"
        machine = int.from_bytes(head[18:20], "little" if order == "little" else "big")
        return LayerEntry(FileKind.ELF, _MACHINES.get((machine, head[4], order), f"ELF machine {machine}"))
    if head[:2] == b"#!":
        words = head[2:].split(b"\n", 1)[0].decode("utf-8", "replace").split()
        if len(words) > 1 and posixpath.basename(words[0]) == "env":
            words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        return LayerEntry(FileKind.SCRIPT, words[0] if words else "")
    return LayerEntry(FileKind.OTHER)


def merge(layers: Iterable[LayerIndex]) -> dict[str, LayerEntry]:
    """The file system of an image from its layers, lowest first."""
    files: dict[str, LayerEntry] = {}
    for layer in layers:
        hidden = layer.removed | layer.opaque
        if hidden:
            files = {path: entry for path, entry in files.items() if not _is_hidden(path, layer)}
        files |= layer.entries
    return files


def _is_hidden(path: str, layer: LayerIndex) -> bool:
    parents = []
    folder = posixpath.dirname(path)
    while folder.strip("/"):  # what a cache remembers may have another form than ours
        parents.append(folder)
        folder = posixpath.dirname(folder)
    return path in layer.removed or any(p in layer.removed or p in layer.opaque for p in parents)


def real_path(files: Mapping[str, LayerEntry], path: str) -> str:
    """The path with every link in it followed, folders too (`/bin` -> `usr/bin`)."""
    if len(path) > _LONGEST_PATH:
        return path
    done, rest, links = "/", [part for part in path.split("/") if part not in {"", "."}][::-1], 0
    while rest:
        part = rest.pop()
        if part == "..":
            done = posixpath.dirname(done)
            continue
        here = posixpath.join(done, part)
        entry = files.get(here)
        if entry is None or entry.kind is not FileKind.LINK:
            done = here
            continue
        links += 1
        if links > _MOST_LINKS:
            return path
        rest += [piece for piece in entry.value.split("/") if piece and piece != "."][::-1]
        done = "/" if entry.value.startswith("/") else done
    return done
