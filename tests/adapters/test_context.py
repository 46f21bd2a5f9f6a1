"""Contexts on a real disk: what BuildKit would be sent of them."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.context import ContextFiles
from buildtool.core.build.ignorefile import parse
from buildtool.core.build.inputs import ContextEntry, UnknownInputError
from tests.support.gitrepos import git, repository

if TYPE_CHECKING:
    from buildtool.core.build.inputs import ContextTree


def tree(folder: Path, ignore: str = "", known: dict[str, str] | None = None) -> ContextTree:
    return ContextFiles().tree(str(folder), parse(ignore.encode()), known or {})


def paths(folder: Path, ignore: str = "") -> list[str]:
    return sorted(tree(folder, ignore).entries)


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_files_folders_and_empty_folders(tmp_path: Path) -> None:
    write(tmp_path, "a", "d/b")
    (tmp_path / "empty").mkdir()
    assert paths(tmp_path) == ["a", "d", "d/b", "empty"]
    assert paths(tmp_path, "d\nempty") == ["a"]


def test_a_left_out_folder_goes_with_what_is_taken_back_below_it(tmp_path: Path) -> None:
    write(tmp_path, "services/api/src/main", "services/api/other", "docs/a")
    assert paths(tmp_path, "*\n!**/src") == ["services", "services/api", "services/api/src", "services/api/src/main"]


def test_a_file_counts_by_the_blob_id_that_git_gives_it(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo")
    (repo / "a").write_bytes(b"x" * 3_000_000)
    (repo / "empty").write_bytes(b"")
    found = tree(repo).entries
    assert found["a"].content == git(repo, "hash-object", "a")
    assert found["empty"].content == git(repo, "hash-object", "empty")


def test_the_blob_ids_of_a_repository_with_sha256(tmp_path: Path) -> None:
    write(tmp_path, "a", "b")
    found = tree(tmp_path, known={"a": "0" * 64}).entries
    assert found["a"].content == "0" * 64
    assert len(found["b"].content) == 64


def test_modes_links_and_what_a_link_leads_to(tmp_path: Path) -> None:
    write(tmp_path, "a", "real/f")
    (tmp_path / "a").chmod(0o750)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "broken").symlink_to("/nowhere")
    found = tree(tmp_path).entries
    assert found["a"].mode == 0o750
    assert found["link"] == ContextEntry("link", 0, "real")
    assert found["broken"] == ContextEntry("link", 0, "/nowhere")
    assert "link/f" not in found


def test_special_files_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        found = tree(tmp_path).entries
    assert (found["fifo"].kind, found["socket"].kind) == ("fifo", "socket")


def test_a_repositorys_own_folder_is_no_input_and_is_named_where_it_is_sent(tmp_path: Path) -> None:
    write(tmp_path, ".git/HEAD", "a", "lib/.git/HEAD", "lib/f", "sub/.git")
    assert paths(tmp_path) == ["a", "lib", "lib/f", "sub"]
    assert tree(tmp_path).git == (".git", "lib/.git", "sub/.git")
    assert tree(tmp_path, ".git").git == ("lib/.git", "sub/.git")
    assert tree(tmp_path, "**/.git").git == ()


def test_what_is_known_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, "a")
    assert tree(tmp_path, known={"a": "f" * 40}).entries["a"].content == "f" * 40


def test_a_file_that_changes_between_two_looks(tmp_path: Path) -> None:
    """With its size and time put back, as an archive or a careless copy does."""
    files = ContextFiles()
    write(tmp_path, "a")
    before = (tmp_path / "a").stat()
    first = files.tree(str(tmp_path), parse(b""), {}).entries["a"]
    (tmp_path / "a").write_text("b")
    os.utime(tmp_path / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert files.tree(str(tmp_path), parse(b""), {}).entries["a"] != first


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_not_known(tmp_path: Path) -> None:
    write(tmp_path, "d/a", "b")
    (tmp_path / "d").chmod(0)
    try:
        with pytest.raises(UnknownInputError, match="Permission denied"):
            tree(tmp_path)
        assert paths(tmp_path, "d") == ["b"]
    finally:
        (tmp_path / "d").chmod(0o755)


def test_a_context_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnknownInputError, match="cannot be read"):
        tree(tmp_path / "none")


def test_deep_folders(tmp_path: Path) -> None:
    tmp_path.joinpath(*["d"] * 300).mkdir(parents=True)
    assert len(paths(tmp_path)) == 300


def test_names_of_any_bytes(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff")).touch()
    assert paths(tmp_path) == [b"\xff".decode("utf-8", "surrogateescape")]


def test_the_text_of_a_file(tmp_path: Path) -> None:
    files = ContextFiles()
    write(tmp_path, "a")
    (tmp_path / "link").symlink_to("a")
    os.mkfifo(tmp_path / "fifo")
    assert files.text(str(tmp_path / "a")) == files.text(str(tmp_path / "link")) == b"a"
    assert [files.text(str(tmp_path / name)) for name in ("none", "a/b", "fifo")] == [None, None, None]
    assert files.real(str(tmp_path / "link")) == str((tmp_path / "a").resolve())
