"""Why we use GitPython's commands, and not its objects: a test that fails here says that a newer one can do more."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import git as gitpython
import pytest

from buildtool.adapters.git import GitRepo
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from pathlib import Path


def test_its_objects_know_no_sha256(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--object-format=sha256", "--initial-branch=main", "long")
    sha = commit(tmp_path / "long", "first", file="1\n")
    with gitpython.Repo(tmp_path / "long") as repo, pytest.raises((ValueError, AssertionError, gitpython.BadName)):
        repo.commit(sha)
    assert GitRepo(tmp_path / "long", os.environ).named(sha) == f'{sha[:12]} ("first")'


def test_its_programs_are_given_the_whole_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDTOOL_REGISTRY_PASSWORD", "hunter22")
    alias = "alias.look=!echo $BUILDTOOL_REGISTRY_PASSWORD"
    assert gitpython.Git(str(tmp_path)).execute(["git", "-c", alias, "look"]) == "hunter22"
    found = GitRepo(repository(tmp_path / "repo"), os.environ).history
    assert found._git.execute(["git", "-c", alias, "look"]).strip() == ""


def test_its_commands_follow_a_hooks_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo, other = repository(tmp_path / "repo"), repository(tmp_path / "other", "elsewhere")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert gitpython.Git(str(repo)).symbolic_ref("HEAD") == "refs/heads/elsewhere"
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git/objects"))
    found = GitRepo(repo, os.environ)
    assert found.history.commit(found.head[0]) is not None
