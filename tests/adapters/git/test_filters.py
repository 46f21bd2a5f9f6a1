"""Content filters: a repository's own do not run, the user's and Git LFS's do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git import GitRepo
from buildtool.errors import GIT_FAILED, BuildtoolError
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """The file `file` goes through the filter `x`; what git knows of it is out of date."""
    folder = repository(tmp_path / "repo")
    commit(folder, **{".gitattributes": "file filter=x\n"})
    (folder / "file").touch()
    return folder


def command(tmp_path: Path, name: str = "filter") -> Path:
    """A filter that changes nothing, and leaves the file `ran`."""
    path = tmp_path / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("required", ["true", "false"])
@pytest.mark.parametrize("setting", ["clean", "process"])
def test_a_filter_of_the_repository_does_not_run(repo: Path, tmp_path: Path, setting: str, required: str) -> None:
    git(repo, "config", f"filter.x.{setting}", str(command(tmp_path)))
    git(repo, "config", "filter.x.required", required)
    assert GitRepo(repo, os.environ).changes == ()
    (repo / "file").write_text("2\n", encoding="utf-8")
    assert GitRepo(repo, os.environ).changes == ("file",)
    assert not (tmp_path / "ran").exists()


def test_a_filter_that_the_user_set_runs(repo: Path, tmp_path: Path) -> None:
    git(repo, "config", "--global", "filter.x.clean", str(command(tmp_path)))
    assert GitRepo(repo, os.environ).changes == ()
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("git-lfs clean -- %f", True),
        ('"git-crypt" clean --key-name=a', True),
        ("git-lfs clean; touch sprung", False),
        ("git-lfs clean $(touch sprung)", False),
        ("git-lfs-other clean", False),
        ("./git-lfs clean", False),
    ],
)
def test_the_filters_of_git_lfs_and_git_crypt_run(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, *, runs: bool
) -> None:
    for name in ("git-lfs", "git-crypt", "git-lfs-other"):
        command(tmp_path, name)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    git(repo, "config", "filter.x.clean", text)
    assert GitRepo(repo, os.environ).changes == ()
    assert (tmp_path / "ran").exists() is runs
    assert not (repo / "sprung").exists()


def test_a_filter_that_cannot_be_switched_off_is_an_error(repo: Path) -> None:
    git(repo, "config", "filter.a=b.clean", "touch sprung")
    with pytest.raises(BuildtoolError, match=r"filter\.a=b\.clean") as caught:
        _ = GitRepo(repo, os.environ).changes
    assert caught.value.kind is GIT_FAILED
