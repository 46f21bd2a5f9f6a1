"""Where a change began, by any name of a revision; or what to type when this clone does not hold it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git.base import GitBase
from buildtool.errors import GIT_NO_COMMIT, GIT_UNKNOWN_BASE, BuildtoolError
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from pathlib import Path


def base(folder: Path, name: str) -> GitBase:
    return GitBase(folder, os.environ, name, lambda _: True)


def failure(folder: Path, name: str) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as raised:
        base(folder, name).sha  # noqa: B018 -- a property that raises
    return raised.value


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo")


def test_where_the_two_parted(repo: Path) -> None:
    fork = commit(repo, "fork")
    git(repo, "checkout", "--quiet", "-b", "work")
    commit(repo, "work", new="1\n")
    git(repo, "checkout", "--quiet", "main")
    commit(repo, "main goes on")
    git(repo, "tag", "v1", fork)
    git(repo, "checkout", "--quiet", "work")
    assert {base(repo, name).sha for name in ("main", "v1", fork, fork[:8], "HEAD~1", "refs/heads/main")} == {fork}
    assert base(repo, "HEAD").sha == git(repo, "rev-parse", "HEAD")


def test_without_a_common_commit_it_is_the_commit_named(repo: Path) -> None:
    git(repo, "checkout", "--quiet", "--orphan", "other")
    other = commit(repo, "other")
    git(repo, "checkout", "--quiet", "main")
    assert base(repo, "other").sha == other


@pytest.mark.parametrize("name", ["", "nope", "-x", "--all", "a..b", "HEAD:file", "\0", "x\ny", "^HEAD", "9" * 5000])
def test_a_name_of_nothing(repo: Path, name: str) -> None:
    error = failure(repo, name)
    assert error.kind is GIT_UNKNOWN_BASE
    assert len(error.message) < 400


def test_no_commit_yet(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    assert failure(tmp_path, "HEAD").kind in (GIT_UNKNOWN_BASE, GIT_NO_COMMIT)


def test_a_branch_that_only_the_remote_has(repo: Path, tmp_path: Path) -> None:
    git(repo, "branch", "release")
    git(tmp_path, "clone", "--quiet", str(repo), "clone")
    assert "did you mean origin/release?" in failure(tmp_path / "clone", "release").message
    assert "did you mean origin/release?" in failure(tmp_path / "clone", "origin/relase").message


@pytest.mark.parametrize("name", ["origin/main", "SHA"])
def test_in_a_shallow_clone_the_command_that_is_named_helps(repo: Path, tmp_path: Path, name: str) -> None:
    old = git(repo, "rev-parse", "HEAD")
    git(repo, "checkout", "--quiet", "-b", "work")
    commit(repo, "two")
    commit(repo, "three")
    git(tmp_path, "clone", "--quiet", "--depth=1", "--single-branch", "--branch=work", f"file://{repo}", "clone")
    name = old if name == "SHA" else name
    error = failure(tmp_path / "clone", name)
    assert error.fix.startswith("git fetch --unshallow origin")
    git(tmp_path / "clone", *error.fix.split()[1:])
    assert base(tmp_path / "clone", name).sha == old


def test_a_shallow_clone_that_ends_before_the_two_parted(repo: Path, tmp_path: Path) -> None:
    commit(repo, "fork")
    for branch in ("one", "two"):
        git(repo, "checkout", "--quiet", "-b", branch, "main")
        commit(repo, branch)
    url = f"file://{repo}"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", "--branch=one", url, "clone")
    error = failure(tmp_path / "clone", "origin/two")
    assert "shallow clone does not reach back" in error.message
    git(tmp_path / "clone", *error.fix.split()[1:])
    assert base(tmp_path / "clone", "origin/two").sha == git(repo, "rev-parse", "main")


def test_files_with_new_names(repo: Path) -> None:
    text = "\n".join(map(str, range(40)))
    start = commit(repo, **{"a b.yaml": text, "ü.yaml": text + "x", "same.yaml": "1"})
    git(repo, "mv", "a b.yaml", "moved.yaml")
    (repo / "moved.yaml").write_text(text.replace("7", "seven"), encoding="utf-8")
    git(repo, "mv", "ü.yaml", "u.yaml")
    assert dict(base(repo, start).renames) == {"a b.yaml": "moved.yaml", "ü.yaml": "u.yaml"}
    assert dict(base(repo, "HEAD").renames) == {"a b.yaml": "moved.yaml", "ü.yaml": "u.yaml"}


def test_nothing_of_the_repository_runs(repo: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    (repo / ".gitattributes").write_text("* diff=x filter=x\n", encoding="utf-8")
    start = commit(repo)
    for key in ("diff.external", "diff.x.command", "diff.x.textconv", "filter.x.clean", "core.fsmonitor"):
        git(repo, "config", key, f"touch {mark} #")
    (repo / "file").write_text("2\n", encoding="utf-8")
    found = base(repo, start)
    assert (dict(found.renames), found.files.read("file")) == ({}, b"1\n")
    assert not mark.exists()
