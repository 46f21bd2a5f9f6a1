"""All files or none; never over what is there, and through no link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.repository_writer import write_all
from buildtool.core.init.found import Change
from buildtool.errors import INIT_UNWRITABLE, BuildtoolError

if TYPE_CHECKING:
    from pathlib import Path


def everything(root: Path) -> dict[str, str]:
    """Every file and link below the root, with its text or target."""
    found = {}
    for path in sorted(root.rglob("*")):
        text = str(path.readlink()) if path.is_symlink() else path.read_bytes().decode() if path.is_file() else "/"
        found[str(path.relative_to(root))] = text
    return found


def test_new_and_changed_files(tmp_path: Path) -> None:
    old = tmp_path / "old.sh"
    old.write_bytes(b"a\r\n")
    old.chmod(0o750)
    write_all(tmp_path, [Change("a/b/new.yaml", None, "x\n"), Change("old.sh", "a\r\n", "b\r\n")])
    assert everything(tmp_path) == {"a": "/", "a/b": "/", "a/b/new.yaml": "x\n", "old.sh": "b\r\n"}
    assert old.stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (Change("there.txt", None, "new"), "something of this name already"),
        (Change("there.txt", "other", "new"), "changed meanwhile"),
        (Change("gone.txt", "old", "new"), "it is gone"),
        (Change("link.txt", None, "new"), "something of this name already"),
        (Change("link.txt", "outside", "new"), "a link"),
        (Change("linked/new.txt", None, "new"), "linked is a link"),
        (Change("there.txt/new.txt", None, "new"), "no folder"),
        (Change("../out.txt", None, "new"), "not one of the repository"),
        (Change("/etc/new.txt", None, "new"), "not one of the repository"),
        (Change("folder", "old", "new"), "no regular file"),
        (Change("x" * 300, None, "new"), "cannot be written"),
        (Change("locked.txt", "old", "new"), "nobody may write it (chmod u+w locked.txt)"),
    ],
)
def test_one_that_cannot_be_written_leaves_all_as_they_were(tmp_path: Path, bad: Change, why: str) -> None:
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside.txt").write_text("outside")
    (root / "there.txt").write_text("old")
    (root / "locked.txt").write_text("old")
    (root / "locked.txt").chmod(0o444)
    (root / "link.txt").symlink_to(tmp_path / "outside.txt")
    (root / "linked").symlink_to(tmp_path / "outside")
    before = everything(tmp_path)
    with pytest.raises(BuildtoolError, match="cannot be written") as raised:
        write_all(root, [Change("first/a.txt", None, "a"), Change("there.txt", "old", "b"), bad])
    assert raised.value.kind is INIT_UNWRITABLE
    assert why in raised.value.message
    assert everything(tmp_path) == before


def test_a_failure_in_the_middle_takes_back_what_is_in_place(tmp_path: Path) -> None:
    """Two changes of one new file: the second finds the first in its place."""
    (tmp_path / "old.txt").write_text("old")
    before = everything(tmp_path)
    twice = [Change("new/a.txt", None, "a"), Change("old.txt", "old", "b"), Change("new/a.txt", None, "c")]
    with pytest.raises(BuildtoolError):
        write_all(tmp_path, twice)
    assert everything(tmp_path) == before


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BuildtoolError, match="gone"):
        write_all(tmp_path / "gone", [Change("a", None, "a")])
