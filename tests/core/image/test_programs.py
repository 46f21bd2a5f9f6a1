from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

import pytest
import zstandard

from buildtool.core.image.programs import (
    FileKind,
    LayerBoundError,
    LayerEntry,
    classify,
    load,
    merge,
    read_layer,
    real_path,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.image.programs import LayerIndex


ZSTD = b"\x28\xb5\x2f\xfd"


def elf(machine: int, *, bits: int = 2) -> bytes:
    return b"\x7fELF" + bytes([bits, 1, 1]) + bytes(9) + b"\x02\x00" + machine.to_bytes(2, "little") + bytes(44)


AMD, ARM = elf(62), elf(183)


def test_a_layer_of_zstd() -> None:
    """In two frames, as a parallel compressor writes them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("app")
        info.mode, info.size = 0o755, len(ARM)
        archive.addfile(info, io.BytesIO(ARM))
    half = len(buffer.getvalue()) // 2
    frames = [zstandard.compress(part) for part in (buffer.getvalue()[:half], buffer.getvalue()[half:])]
    assert read_layer(io.BytesIO(b"".join(frames))).entries == {"/app": LayerEntry(FileKind.ELF, "arm64")}


@pytest.mark.parametrize(
    "content", [b"", b"\x28\xb5\x2f\xfd", b"\x28\xb5\x2f\xfdgarbage", b"\x1f\x8bgarbage", b"x" * 600]
)
def test_a_layer_that_is_none(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a layer"):
        read_layer(io.BytesIO(content))


def layer(files: Mapping[str, bytes | str], *, mode: int = 0o755, gzip: bool = True) -> LayerIndex:
    """A real layer: bytes are files, text is the target of a link."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz" if gzip else "w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.mode = mode
            if isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    buffer.seek(0)
    return read_layer(buffer)


@pytest.mark.parametrize(
    ("head", "entry"),
    [
        (AMD, LayerEntry(FileKind.ELF, "amd64")),
        (ARM, LayerEntry(FileKind.ELF, "arm64")),
        (elf(40, bits=1), LayerEntry(FileKind.ELF, "arm")),
        (elf(999), LayerEntry(FileKind.ELF, "ELF machine 999")),
        (b"#!/bin/sh -e\necho", LayerEntry(FileKind.SCRIPT, "/bin/sh")),
        (b"#!/usr/bin/env -S python3 -u\n", LayerEntry(FileKind.SCRIPT, "python3")),
        (b"#!\n", LayerEntry(FileKind.SCRIPT, "")),
        (b"\x7fELF", LayerEntry(FileKind.OTHER)),
        (b"", LayerEntry(FileKind.OTHER)),
    ],
)
def test_first_bytes(head: bytes, entry: LayerEntry) -> None:
    assert classify(head) == entry


@pytest.mark.parametrize("gzip", [True, False])
def test_a_layer_is_read_compressed_or_plain(gzip: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    assert merge([layer({"app": AMD}, gzip=gzip)]) == {"/app": LayerEntry(FileKind.ELF, "amd64")}


def test_an_upper_layer_replaces_and_removes() -> None:
    lower = layer({"app": AMD, "d/app": AMD})
    assert merge([lower, layer({"app": ARM})])["/app"] == LayerEntry(FileKind.ELF, "arm64")
    assert "/app" not in merge([lower, layer({".wh.app": b""})])
    assert "/d/app" not in merge([lower, layer({"d/.wh..wh..opq": b""})])
    assert "/d/app" not in merge([lower, layer({".wh.d": b""})])


def archive_of(*names: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, link
            archive.addfile(member)
    return file.getvalue()


@pytest.mark.parametrize("name", ["/abs/file", "//abs/file", "abs/file", "./abs/file", "a/../abs//file"])
def test_a_path_has_one_form(name: str) -> None:
    index = read_layer(io.BytesIO(archive_of(name)))
    assert list(index.entries) == ["/abs/file"]
    hidden = read_layer(io.BytesIO(archive_of("//abs/.wh.file", "/.wh..wh..opq")))
    assert merge([index, hidden]) == {}


@pytest.mark.parametrize("name", ["..", "/..", "../../x", "/", ".", ".wh.", "a" * 5000])
def test_odd_paths_end(name: str) -> None:
    index = read_layer(io.BytesIO(archive_of(name)))
    assert isinstance(merge([index, index]), dict)


def test_links_that_go_round_end() -> None:
    layer = io.BytesIO(archive_of("a", kind=tarfile.SYMTYPE, link="a/a/a/a"))
    assert real_path(merge([read_layer(layer)]), "/a/a/a") == "/a/a/a"


def test_a_layer_that_unpacks_to_more_than_any_is_refused() -> None:
    """Two gibibytes of zeros in two mebibytes: tar skips zeros, the bound does not."""
    head = tarfile.TarInfo("big")
    head.size = 1 << 40
    packed = gzip.compress(head.tobuf(), 1) + gzip.compress(bytes(64 << 20), 9) * 32
    with pytest.raises(LayerBoundError, match="unpacks to more"):
        read_layer(io.BytesIO(packed))


def test_a_header_that_would_fill_the_memory_is_refused() -> None:
    head = tarfile.TarInfo("././@LongLink")
    head.type, head.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    with pytest.raises(LayerBoundError, match="header of 8589934592 bytes"):
        read_layer(io.BytesIO(head.tobuf(tarfile.GNU_FORMAT) + bytes(2048)))


@pytest.mark.parametrize("path", ["//a", "//", "a/b", "", "///x/y"])
def test_a_remembered_layer_of_another_form_ends(path: str) -> None:
    """A cache that an older version wrote holds such paths."""
    layer = load({"entries": {path: ["elf", "amd64"]}, "removed": ["/b"], "opaque": ["/c"]})
    assert merge([layer, layer]) == {path: LayerEntry(FileKind.ELF, "amd64")}


@pytest.mark.parametrize(
    ("path", "real"),
    [
        ("/bin/sh", "/usr/bin/busybox"),
        ("/./bin/./sh", "/usr/bin/busybox"),
        ("/usr/../bin//sh", "/usr/bin/busybox"),
        ("/../bin/sh", "/usr/bin/busybox"),
        ("/nothing", "/nothing"),
    ],
)
def test_links_and_dots_are_followed(path: str, real: str) -> None:
    files = merge([layer({"bin": "usr/bin", "usr/bin/sh": "./busybox", "usr/bin/busybox": AMD})])
    assert real_path(files, path) == real
