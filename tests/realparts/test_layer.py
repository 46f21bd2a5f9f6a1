"""Layers of stand-ins, from packages made here."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from realparts import deb, debian, layer

if TYPE_CHECKING:
    from pathlib import Path


def make_deb(path: Path, files: dict[str, str], links: dict[str, str] | None = None) -> Path:
    """A package as dpkg-deb lays it out (deb(5)): debian-binary, control.tar, data.tar.xz."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:xz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.size, entry.mtime, entry.uid, entry.uname = len(text), 1_700_000_000, 1000, "someone"
            archive.addfile(entry, io.BytesIO(text.encode()))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.type, entry.linkname = tarfile.LNKTYPE, f"./{target}"
            archive.addfile(entry)
    members = {"debian-binary": b"2.0\n", "control.tar": b"odd", "data.tar.xz": data.getvalue()}
    body = b"!<arch>\n"
    for name, content in members.items():
        body += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content
        body += b"\n" * (len(content) % 2)
    path.write_bytes(body)
    return path


def names(root: layer.Root) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(root.tar())) as archive:
        return archive.getnames()


def test_files_land_in_the_merged_usr_without_documentation(tmp_path: Path) -> None:
    package = make_deb(tmp_path / "a.deb", {"bin/sh": "x", "usr/share/doc/a/copyright": "y", "etc/a": "z"})
    found = names(layer.build([package], {"usr/local/bin/dash": "/usr/bin/sh"}))
    assert "usr/bin/sh" in found
    assert "etc/a" in found
    assert "usr/local/bin/dash" in found
    assert not [name for name in found if "share/doc" in name]


def test_parents_come_before_what_is_in_them_and_hard_links_after_their_targets(tmp_path: Path) -> None:
    package = make_deb(tmp_path / "a.deb", {"bin/z": "x"}, {"bin/a": "bin/z"})
    found = names(layer.build([package], {}))
    assert found.index("usr") < found.index("usr/bin") < found.index("usr/bin/z") < found.index("usr/bin/a")


def test_the_same_packages_give_the_same_bytes_whoever_made_them(tmp_path: Path) -> None:
    first = layer.build([make_deb(tmp_path / "a.deb", {"bin/sh": "x"})], {}).tar()
    second = layer.build([make_deb(tmp_path / "b.deb", {"bin/sh": "x"})], {}).tar()
    assert layer.compress(first) == layer.compress(second)
    with tarfile.open(fileobj=io.BytesIO(first)) as archive:
        entry = archive.getmember("usr/bin/sh")
    assert (entry.uid, entry.uname, entry.mtime) == (0, "", 0)


def test_a_later_package_wins(tmp_path: Path) -> None:
    packages = [make_deb(tmp_path / f"{n}.deb", {"etc/a": n}) for n in ("one", "two")]
    assert layer.build(packages, {}).entries["etc/a"][1] == b"two"


@pytest.mark.parametrize(
    ("name", "merged"),
    [
        ("./bin/sh", "usr/bin/sh"),
        ("./lib64/ld.so", "usr/lib64/ld.so"),
        ("./bin", "bin"),
        ("./", "."),
        ("./libx/a", "libx/a"),
    ],
)
def test_merged_usr(name: str, merged: str) -> None:
    assert layer.merged(name) == merged


@pytest.mark.parametrize("content", [b"", b"no archive", b"!<arch>\n"])
def test_what_is_no_package_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.deb"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"ar archive|data\.tar"):
        deb.data(path)


def test_file_names_are_read_from_apts_answer() -> None:
    answer = (
        "Reading package lists...\nThe following NEW packages will be installed:\n  libc6\n"
        "'http://mirror.example/pool/libc6_2.41-12_arm64.deb' libc6_2.41-12_arm64.deb 2847000 SHA256:abc\n"
        "'http://mirror.example/pool/x_1%3a2_all.deb' x_1%3a2_all.deb 10 SHA256:def\n"
    )
    assert debian.files_in(answer) == ["libc6_2.41-12_arm64.deb", "x_1%3a2_all.deb"]
