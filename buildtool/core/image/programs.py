"""The programs inside an image: whether what it starts runs on its platform.

The platform in an image's config is only a claim: BuildKit writes the one that was asked for even when the last stage
says `FROM --platform=linux/amd64 …` (seen with BuildKit 0.13). So the ELF header of the program itself is read.
"""

from __future__ import annotations

import posixpath
import tarfile
import zlib
from contextlib import nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

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
# Programs of the smaller one run on the bigger one's processors without emulation.
_ALSO_RUNS = {"amd64": {"386"}, "arm64": {"arm"}}
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MOST_LINKS = 40
_HEADER = 256
_ZSTD = b"\x28\xb5\x2f\xfd"  # RFC 8878, magic number
_SHORTEST_ELF = 20  # up to and with e_machine


class Kind(StrEnum):
    ELF = "elf"
    SCRIPT = "script"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a layer: `value` is a program's architecture, a script's interpreter, or a link's target."""

    kind: Kind
    value: str = ""


@dataclass(slots=True)
class LayerIndex:
    """Programs and links of one layer by absolute path, and what it hides of the layers below."""

    entries: dict[str, Entry] = field(default_factory=dict)
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
    entries = {str(path): Entry(Kind(kind), str(value)) for path, (kind, value) in document["entries"].items()}
    return LayerIndex(entries, set(document["removed"]), set(document["opaque"]))


def read_layer(file: IO[bytes]) -> LayerIndex:
    """Index a layer, plain or compressed as OCI allows (gzip, zstd); raises ValueError for what is none."""
    try:
        return _index(file)
    except Exception as error:
        if isinstance(error, (tarfile.TarError, OSError, EOFError, zlib.error)) or _is_zstd_error(error):
            raise ValueError(f"not a layer: {type(error).__name__}: {error}") from error
        raise


def _is_zstd_error(error: Exception) -> bool:
    """Without importing what few layers need; the class's module has another name in each release."""
    return type(error).__name__ == "ZstdError"


def _index(file: IO[bytes]) -> LayerIndex:
    index = LayerIndex()
    with _unpacked(file) as stream, tarfile.open(fileobj=stream, mode="r|*") as archive:
        for member in archive:
            path = posixpath.normpath("/" + member.name)
            folder, name = posixpath.split(path)
            if name == ".wh..wh..opq":
                index.opaque.add(folder)
            elif name.startswith(".wh."):
                index.removed.add(posixpath.join(folder, name.removeprefix(".wh.")))
            elif member.issym():
                index.entries[path] = Entry(Kind.LINK, member.linkname)
            elif member.islnk():
                index.entries[path] = index.entries.get(posixpath.normpath("/" + member.linkname), Entry(Kind.OTHER))
            elif member.isfile():
                source = archive.extractfile(member) if member.mode & 0o111 else None
                index.entries[path] = classify(source.read(_HEADER)) if source else Entry(Kind.OTHER)
    return index


def _unpacked(file: IO[bytes]) -> AbstractContextManager[IO[bytes]]:
    """What tarfile can read: it knows gzip, but zstd only from Python 3.14 on."""
    zstd = file.read(len(_ZSTD)) == _ZSTD
    file.seek(0)
    if not zstd:
        return nullcontext(file)
    from zstandard import ZstdDecompressor  # noqa: PLC0415 -- few layers are

    return ZstdDecompressor().stream_reader(file, closefd=False, read_across_frames=True)


def classify(head: bytes) -> Entry:
    """What the first bytes of a file say it is."""
    if head[:4] == b"\x7fELF" and len(head) >= _SHORTEST_ELF:
        order = "little" if head[5] == 1 else "big"
        machine = int.from_bytes(head[18:20], "little" if order == "little" else "big")
        return Entry(Kind.ELF, _MACHINES.get((machine, head[4], order), f"ELF machine {machine}"))
    if head[:2] == b"#!":
        words = head[2:].split(b"\n", 1)[0].decode("utf-8", "replace").split()
        if len(words) > 1 and posixpath.basename(words[0]) == "env":
            words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        return Entry(Kind.SCRIPT, words[0] if words else "")
    return Entry(Kind.OTHER)


def merge(layers: Iterable[LayerIndex]) -> dict[str, Entry]:
    """The file system of an image from its layers, lowest first."""
    files: dict[str, Entry] = {}
    for layer in layers:
        hidden = layer.removed | layer.opaque
        if hidden:
            files = {path: entry for path, entry in files.items() if not _is_hidden(path, layer)}
        files |= layer.entries
    return files


def _is_hidden(path: str, layer: LayerIndex) -> bool:
    parents = []
    folder = posixpath.dirname(path)
    while folder != "/":
        parents.append(folder)
        folder = posixpath.dirname(folder)
    return path in layer.removed or any(p in layer.removed or p in layer.opaque for p in parents)


def wrong_program(
    files: Mapping[str, Entry], command: Sequence[str], architecture: str, environment: Sequence[str] = ()
) -> str | None:
    """A sentence on the program that does not run on `architecture`, or None.

    The program is what `command` starts: through PATH, links and the interpreters of scripts. Where that leads nowhere,
    an image whose programs are all of another architecture is still wrong.
    """
    fits = {architecture, *_ALSO_RUNS.get(architecture, ())}
    found = _program(files, command[0], environment) if command else None
    if found is not None:
        path, actual = found
        return None if actual in fits else f"{path}, which the image starts, is a program for {actual}"
    programs = [(path, entry.value) for path, entry in files.items() if entry.kind is Kind.ELF]
    if programs and not any(actual in fits for _, actual in programs):
        path, actual = programs[0]
        return f"all programs in the image are for other platforms: {path} is one for {actual}"
    return None


def _program(files: Mapping[str, Entry], name: str, environment: Sequence[str]) -> tuple[str, str] | None:
    """Path and architecture of the ELF file behind a command."""
    search = next((value[5:] for value in environment if value.startswith("PATH=")), _PATH)
    for _ in range(_MOST_LINKS):
        candidates = [name] if "/" in name else [posixpath.join(folder, name) for folder in search.split(":") if folder]
        path = next((real for candidate in candidates if (real := _real(files, candidate)) in files), None)
        if path is None:
            return None
        entry = files[path]
        if entry.kind is Kind.ELF:
            return path, entry.value
        if entry.kind is not Kind.SCRIPT or not entry.value:
            return None
        name = entry.value
    return None


def _real(files: Mapping[str, Entry], path: str) -> str:
    """The path with every link in it followed, folders too (`/bin` -> `usr/bin`)."""
    done, rest, links = "/", [part for part in path.split("/") if part], 0
    while rest:
        part = rest.pop(0)
        if part == "..":
            done = posixpath.dirname(done)
            continue
        here = posixpath.join(done, part)
        entry = files.get(here)
        if entry is None or entry.kind is not Kind.LINK:
            done = here
            continue
        links += 1
        if links > _MOST_LINKS:
            return path
        rest = [piece for piece in entry.value.split("/") if piece and piece != "."] + rest
        done = "/" if entry.value.startswith("/") else done
    return done
