from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.machine import Machine

if TYPE_CHECKING:
    from pathlib import Path


def test_room_on_a_disk(tmp_path: Path) -> None:
    free = Machine().free_bytes(str(tmp_path))
    assert free is not None
    assert 0 < free <= os.statvfs(tmp_path).f_blocks * os.statvfs(tmp_path).f_frsize


@pytest.mark.parametrize("folder", ["/no/such/folder", "\0"])
def test_no_room_where_there_is_no_folder(folder: str) -> None:
    assert Machine().free_bytes(folder) is None


def test_the_temporary_folder_is_there() -> None:
    folder = Machine().temporary
    assert folder is not None
    assert os.path.isdir(folder)


def test_no_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of 0 bytes a file, or disks that are full: no usual place takes a file."""

    def no_place() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", no_place)
    assert Machine().temporary is None


def test_reading(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xffa" + b"x" * (2 << 20))
    text = Machine().read(str(tmp_path / "file"))
    assert text is not None
    assert text.startswith("\ufffda")
    assert len(text) == 1 << 20
    assert Machine().read(str(tmp_path / "none")) is None
    assert Machine().read(str(tmp_path / "file" / "below")) is None
    assert Machine().read("\0") is None
    with pytest.raises(OSError, match="directory"):
        Machine().read(str(tmp_path))


def test_a_pipe_does_not_make_it_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert Machine().read(str(tmp_path / "pipe")) == ""


def test_files_that_can_be_appended_to(tmp_path: Path) -> None:
    file = tmp_path / "out"
    assert Machine().write_problem(str(file)) is None
    assert not file.exists(), "looking makes nothing"
    file.write_text("here")
    assert Machine().write_problem(str(file)) is None
    assert file.read_text() == "here"


@pytest.mark.parametrize(
    ("path", "words"), [("", "not a file"), ("gone/out", "folder does not exist"), ("\0", "not a path")]
)
def test_files_that_cannot(tmp_path: Path, path: str, words: str) -> None:
    assert words in (Machine().write_problem(f"{tmp_path}/{path}") or "")


def test_a_file_of_somebody_else() -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everything")
    assert "permission denied" in (Machine().write_problem("/etc/hosts") or "")
