"""What one commit changed, read by the real git."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git import GitRepo
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return repository(tmp_path / "site")


def test_who_changed_which_files(folder: Path) -> None:
    first = git(folder, "rev-parse", "HEAD")
    (folder / "file").write_text("2\n", encoding="utf-8")
    (folder / "caf\u00e9 \t.yaml").write_text("new\n", encoding="utf-8")
    git(folder, "add", "--all")
    who = {"GIT_AUTHOR_NAME": "Flux Bot", "GIT_AUTHOR_EMAIL": "bot@example.invalid"}
    git(folder, "commit", "--quiet", "--message", "two", **who)
    sha = git(folder, "rev-parse", "HEAD")
    change = GitRepo(folder, os.environ).change(sha)
    assert change is not None
    assert (change.sha, change.author, change.email) == (sha, "Flux Bot", "bot@example.invalid")
    assert list(change.parents) == [first]
    assert (list(change.paths), list(change.others)) == (["file"], ["caf\u00e9 \t.yaml"])


@pytest.mark.parametrize("how", ["gone", "executable", "a link", "moved"])
def test_a_file_that_is_no_plain_file_before_and_after(folder: Path, how: str) -> None:
    file = folder / "file"
    if how == "executable":
        file.chmod(0o755)
    elif how == "moved":
        file.rename(folder / "other")
    else:
        file.unlink()
    if how == "a link":
        file.symlink_to("/etc/passwd")
    change = GitRepo(folder, os.environ).change(commit(folder))
    assert change is not None
    assert list(change.paths) == []
    assert "file" in change.others


def test_the_first_commit_and_merges_and_unknown_ones(folder: Path) -> None:
    repo = GitRepo(folder, os.environ)
    first = repo.change(git(folder, "rev-parse", "HEAD"))
    assert first is not None
    assert (list(first.parents), list(first.others)) == ([], ["file"])
    git(folder, "checkout", "--quiet", "-b", "side")
    commit(folder, side="1\n")
    git(folder, "checkout", "--quiet", "main")
    commit(folder, main="1\n")
    git(folder, "merge", "--quiet", "--no-ff", "--message", "merge", "side")
    merge = repo.change(git(folder, "rev-parse", "HEAD"))
    assert merge is not None
    assert len(merge.parents) == 2
    assert repo.change("f" * 40) is None
    assert repo.change("--output=/tmp/x") is None
