"""Repositories that git cannot use: each a clear error of its own, and never a traceback."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git import GitRepo
from buildtool.adapters.git.failures import translated
from buildtool.adapters.process import ProgramError
from buildtool.errors import (
    GIT_DAMAGED,
    GIT_DUBIOUS_OWNERSHIP,
    GIT_FAILED,
    GIT_INCOMPLETE,
    GIT_NO_WORK_TREE,
    GIT_NOT_A_REPOSITORY,
    BuildtoolError,
)
from tests.support.gitrepos import git, repository

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.errors import Kind


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo")


def refused(folder: Path) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as caught:
        _ = GitRepo(folder, os.environ).facts
    return caught.value


def test_a_git_folder_that_is_no_repository(repo: Path) -> None:
    (repo / ".git/HEAD").unlink()
    error = refused(repo)
    assert error.kind is GIT_DAMAGED
    assert str(repo / ".git") in error.message
    (repo / "below").mkdir()
    assert refused(repo / "below").kind is GIT_DAMAGED


@pytest.mark.parametrize("content", ["", "gitdir: /nowhere\n", "nonsense\n"])
def test_a_git_file_that_leads_nowhere(tmp_path: Path, content: str) -> None:
    (tmp_path / ".git").write_text(content, encoding="utf-8")
    error = refused(tmp_path)
    assert error.kind in {GIT_DAMAGED, GIT_FAILED}
    assert ".git" in error.message


def test_a_work_tree_whose_repository_moved(repo: Path, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    shutil.move(repo, tmp_path / "moved")
    error = refused(tmp_path / "side")
    assert error.kind is GIT_DAMAGED
    assert str(repo) in error.message, "git says where it was looked for"


def test_a_repository_that_may_not_be_read(repo: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (repo / ".git").chmod(0)
    try:
        assert refused(repo).kind in {GIT_DAMAGED, GIT_FAILED}
    finally:
        (repo / ".git").chmod(0o755)


def test_a_broken_configuration(repo: Path) -> None:
    (repo / ".git/config").write_text("[core\n", encoding="utf-8")
    error = refused(repo)
    assert error.kind is GIT_FAILED
    assert "bad config" in error.message


def test_a_bare_repository_where_none_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "bare")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "safe.bareRepository")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "explicit")
    assert refused(tmp_path / "bare").kind is GIT_NO_WORK_TREE


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("fatal: detected dubious ownership in repository at '/srv/x'\nTo add…", GIT_DUBIOUS_OWNERSHIP),
        ("fatal: unsafe repository ('/srv/x' is owned by someone else)", GIT_DUBIOUS_OWNERSHIP),
        ("fatal: not a git repository (or any of the parent directories): .git", GIT_NOT_A_REPOSITORY),
        ("fatal: this operation must be run in a work tree", GIT_NO_WORK_TREE),
        ("fatal: cannot use bare repository '/x' (safe.bareRepository is 'explicit')", GIT_NO_WORK_TREE),
        ("fatal: could not fetch abc from promisor remote", GIT_INCOMPLETE),
        ("fatal: something new", GIT_FAILED),
        ("", GIT_FAILED),
    ],
)
def test_what_git_says(words: str, kind: Kind) -> None:
    error = translated(ProgramError("git", 128, words), ["git", "status"], "/nowhere/at/all")
    assert error.kind is kind
    assert error.message


def test_words_are_cut() -> None:
    error = translated(ProgramError("git", 128, "x " * 10_000), ["git", "status"], "/")
    assert len(error.message) < 600


def test_a_folder_whose_name_is_a_shells_delight(tmp_path: Path) -> None:
    folder = tmp_path / "it's $HOME;`x`"
    error = translated(
        ProgramError("git", 128, f"fatal: detected dubious ownership in repository at '{folder}'\n"), ["git"], "/"
    )
    assert "'\"'\"'" in error.fix
    assert str(folder) in error.message
