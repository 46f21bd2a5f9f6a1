from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.digest_files import DigestFiles
from buildtool.core.image.programs import FileKind, LayerEntry, LayerIndex, dump, load

if TYPE_CHECKING:
    from pathlib import Path

INDEX = LayerIndex(
    {"/app": LayerEntry(FileKind.ELF, "arm64"), "/bin": LayerEntry(FileKind.LINK, "usr/bin")}, {"/old"}, {"/etc"}
)


def layers(folder: Path) -> DigestFiles[LayerIndex]:
    return DigestFiles(folder, load, dump)


def test_what_was_put_is_what_is_got(tmp_path: Path) -> None:
    cache = layers(tmp_path / "new" / "folder")
    assert cache.get("sha256:1") is None
    cache.put("sha256:1", INDEX)
    assert cache.get("sha256:1") == INDEX
    assert cache.get("sha256:2") is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"entries": {"/a": 1}, "removed": [], "opaque": []}', "\x00"])
def test_a_damaged_file_is_a_layer_forgotten(tmp_path: Path, content: str) -> None:
    cache = layers(tmp_path)
    cache.put("sha256:1", INDEX)
    [file] = tmp_path.rglob("*.json")
    file.write_text(content)
    assert cache.get("sha256:1") is None


def test_a_disk_that_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = layers(tmp_path / "file" / "below")
    cache.put("sha256:1", INDEX)
    assert cache.get("sha256:1") is None


def test_a_digest_leads_nowhere_else(tmp_path: Path) -> None:
    cache = layers(tmp_path / "cache")
    cache.put("sha256:../../escape", INDEX)
    assert [file.parent for file in tmp_path.rglob("*.json")] == [tmp_path / "cache"]


def stored(tmp_path: Path) -> tuple[DigestFiles[LayerIndex], Path]:
    cache = layers(tmp_path)
    cache.put("sha256:1", INDEX)
    [file] = tmp_path.rglob("*.json")
    return cache, file


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_believed(tmp_path: Path, mode: int) -> None:
    cache, file = stored(tmp_path)
    file.chmod(mode)
    assert cache.get("sha256:1") is None
    cache.put("sha256:1", INDEX)
    assert cache.get("sha256:1") == INDEX


def test_a_folder_that_others_may_write_is_not_believed(tmp_path: Path) -> None:
    cache, file = stored(tmp_path)
    file.parent.chmod(0o777)
    assert cache.get("sha256:1") is None


def test_a_file_of_another_user_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, _ = stored(tmp_path)
    monkeypatch.setattr("os.getuid", lambda: 4711)
    assert cache.get("sha256:1") is None


def test_a_planted_link_is_neither_read_nor_written_through(tmp_path: Path) -> None:
    cache, file = stored(tmp_path / "cache")
    victim = tmp_path / "victim"
    victim.write_bytes(file.read_bytes())
    victim.chmod(0o600)
    before = victim.read_bytes()
    file.unlink()
    file.symlink_to(victim)
    assert cache.get("sha256:1") is None
    cache.put("sha256:1", LayerIndex({}, set(), set()))
    assert victim.read_bytes() == before
    assert not file.is_symlink()
    assert cache.get("sha256:1") == LayerIndex({}, set(), set())
    assert [one.name for one in file.parent.iterdir()] == [file.name], "no partial file stays"


def test_a_pipe_makes_nobody_wait(tmp_path: Path) -> None:
    cache, file = stored(tmp_path)
    file.unlink()
    os.mkfifo(file, 0o600)
    assert cache.get("sha256:1") is None
