"""What makes a tree dirty, whatever git was told: a push must not publish what is not in the commit."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git import GitRepo
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from pathlib import Path

ASSUMED = "file (git update-index --assume-unchanged)"
SKIPPED = "file (git update-index --skip-worktree)"


def changes(folder: Path) -> tuple[str, ...]:
    return GitRepo(folder, os.environ).changes


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("echo 2 > file", ("file",)),
        ("echo 2 > file && git add file", ("file",)),
        ("rm file", ("file",)),
        ("git mv file moved", ("file", "moved")),
        ("echo x > 'new file'", ("new file",)),
        ("mkdir d && echo x > d/x", ("d/",)),
        ("echo x > 'ü\n\"x'", ('ü\n"x',)),
        ("echo ignored > .gitignore && git add . && git commit -qm i && echo x > ignored", ()),
        ("git config status.showUntrackedFiles no && echo x > hidden", ("hidden",)),
        ("chmod +x file", ("file",)),
        ("touch file", ()),
        ("rm file && ln -s elsewhere file", ("file",)),
        ("git update-index --assume-unchanged file && echo 2 > file", (ASSUMED,)),
        ("git update-index --assume-unchanged file", (ASSUMED,)),
        ("git update-index --skip-worktree file && echo 2 > file", (SKIPPED,)),
        ("git update-index --skip-worktree file && rm file", (SKIPPED,)),
        ("git update-index --assume-unchanged --skip-worktree file", (ASSUMED,)),
        ("git config core.ignoreStat true && echo 2 > a && git add a && git commit -qm a", ("a" + ASSUMED[4:],)),
    ],
)
def test_what_makes_a_tree_dirty(repo: Path, change: str, expected: tuple[str, ...]) -> None:
    subprocess.run(["sh", "-c", change], cwd=repo, check=True)
    assert sorted(changes(repo)) == sorted(expected)


def test_both_sides_of_a_conflict_are_one_file(repo: Path) -> None:
    git(repo, "checkout", "--quiet", "-b", "side")
    commit(repo, file="side\n")
    git(repo, "checkout", "--quiet", "main")
    commit(repo, file="main\n")
    subprocess.run(["git", "merge", "--quiet", "side"], cwd=repo, check=False, capture_output=True)
    assert changes(repo) == ("file",)


def test_the_same_from_below_the_root(repo: Path) -> None:
    (repo / "below").mkdir()
    git(repo, "update-index", "--assume-unchanged", "file")
    assert changes(repo / "below") == (ASSUMED,)


@pytest.mark.parametrize("cone", ["--cone", "--no-cone"])
def test_what_a_sparse_checkout_leaves_out_is_no_change(repo: Path, cone: str) -> None:
    commit(repo, **{"a/x": "1\n", "b/x": "1\n"})
    git(repo, "sparse-checkout", "set", cone, "a" if cone == "--cone" else "/a/*")
    assert not (repo / "b").exists()
    assert changes(repo) == ()
    (repo / "a/x").write_text("2\n", encoding="utf-8")
    assert changes(repo) == ("a/x",)


def test_a_file_that_is_there_though_the_sparse_checkout_leaves_it_out(repo: Path) -> None:
    commit(repo, **{"a/x": "1\n", "b/x": "1\n"})
    git(repo, "sparse-checkout", "set", "a")
    git(repo, "config", "sparse.expectFilesOutsideOfPatterns", "true")
    (repo / "b").mkdir()
    (repo / "b/x").write_text("2\n", encoding="utf-8")
    assert changes(repo) == ("b/x (git update-index --skip-worktree)",)


@pytest.fixture
def parent(repo: Path, tmp_path: Path) -> Path:
    """A repository with the submodule `lib`, which has the submodule `deep`."""
    deep, library = repository(tmp_path / "deep"), repository(tmp_path / "library")
    git(library, "submodule", "--quiet", "add", str(deep), "deep")
    commit(library, "with deep")
    git(repo, "submodule", "--quiet", "add", str(library), "lib")
    git(repo, "submodule", "--quiet", "update", "--init", "--recursive")
    commit(repo, "with lib")
    return repo


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("true", ()),
        ("echo 2 > lib/file", ("lib/file",)),
        ("echo 2 > lib/file && git config diff.ignoreSubmodules all", ("lib/file",)),
        ("echo 2 > lib/file && git config submodule.lib.ignore all", ("lib/file",)),
        ("echo 2 > lib/new", ("lib/new",)),
        ("echo 2 > lib/deep/file", ("lib/deep/file",)),
        ("git -C lib commit --quiet --allow-empty -m x", ("lib",)),
        ("git -C lib/deep commit --quiet --allow-empty -m x", ("lib/deep",)),
        ("git -C lib update-index --skip-worktree file", ("lib/" + SKIPPED,)),
        ("git submodule --quiet deinit --force --all", ()),
        ("rm -r lib && ln -s . lib", ("lib",)),
    ],
)
def test_submodules(parent: Path, change: str, expected: tuple[str, ...]) -> None:
    subprocess.run(["sh", "-c", change], cwd=parent, check=True)
    assert changes(parent) == expected


def test_a_repository_that_was_added_as_it_is(repo: Path) -> None:
    inner = repository(repo / "inner")
    git(repo, "-c", "advice.addEmbeddedRepo=false", "add", "inner")
    commit(repo, "a link without .gitmodules")
    assert changes(repo) == ()
    (inner / "file").write_text("2\n", encoding="utf-8")
    assert changes(repo) == ("inner/file",)
