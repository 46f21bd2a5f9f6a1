"""Input by a pipe, a file or `-`: whole, up to a size, and an error that names it."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

from buildtool.cli.stdin import read_file, read_stdin
from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from pathlib import Path

MEBIBYTE = 1 << 20


def piped(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))


def refused(name: str, most: int) -> str:
    with pytest.raises(BuildtoolError) as caught:
        read_file(name, most)
    assert caught.value.kind is USAGE
    assert caught.value.fix
    return caught.value.message


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, MEBIBYTE - 1, MEBIBYTE])
def test_a_file_and_stdin_are_read_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "file").write_bytes(data)
    piped(monkeypatch, data)
    assert read_file(str(tmp_path / "file"), MEBIBYTE) == data
    assert read_file("-", MEBIBYTE) == data


def test_one_byte_too_many(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(MEBIBYTE + 1))
    piped(monkeypatch, bytes(MEBIBYTE + 1))
    assert refused("-", MEBIBYTE) == "- holds more than 1 MiB"
    assert refused(str(tmp_path / "file"), MEBIBYTE) == f"{tmp_path / 'file'} holds more than 1 MiB"


def test_a_file_without_an_end_is_not_read_to_it() -> None:
    assert refused("/dev/zero", MEBIBYTE) == "/dev/zero holds more than 1 MiB"


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "cannot be read"), ("nowhere", "No such file"), (".", "Is a directory"), ("x" * 300, "too long")],
)
def test_what_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, words: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert words in refused(name, MEBIBYTE)


def test_a_closed_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(BuildtoolError, match="stdin is closed") as caught:
        read_stdin(1)
    assert caught.value.kind is USAGE


def test_a_stdin_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _: object) -> int:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Broken())))
    with pytest.raises(BuildtoolError, match="stdin cannot be read: Input/output error"):
        read_stdin(10)


def test_what_waits_is_given_without_waiting_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, writes = os.pipe()
    os.write(writes, b"a line\n")
    with os.fdopen(reads) as stdin, os.fdopen(writes, "wb"):
        monkeypatch.setattr(sys, "stdin", stdin)
        assert read_stdin(1000) == b"a line\n"
