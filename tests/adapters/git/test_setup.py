from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git.setup import GitSetup
from buildtool.errors import GIT_FAILED, GIT_MISSING, BuildtoolError
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from pathlib import Path


def setup(folder: Path) -> GitSetup:
    return GitSetup(folder, os.environ)


def test_the_version(tmp_path: Path) -> None:
    assert setup(tmp_path).version()[0].isdecimal()


def test_no_git(tmp_path: Path) -> None:
    with pytest.raises(BuildtoolError) as caught:
        GitSetup(tmp_path, {"PATH": str(tmp_path)}).version()
    assert caught.value.kind is GIT_MISSING


def test_settings_as_git_would_use_them_there(tmp_path: Path) -> None:
    assert setup(tmp_path).setting("user.name") == "Test Author"
    assert setup(tmp_path).setting("user.nosuch") is None
    repo = repository(tmp_path / "repo")
    git(repo, "config", "user.name", "Local Author")
    assert setup(repo).setting("user.name") == "Local Author"
    git(repo, "config", "user.name", "")
    assert setup(repo).setting("user.name") is None


def test_a_fix(tmp_path: Path) -> None:
    origin = repository(tmp_path / "origin")
    commit(origin)
    git(tmp_path, "clone", "--quiet", "--depth=1", origin.as_uri(), "clone")
    setup(tmp_path / "clone").run(["fetch", "--unshallow"])
    assert git(tmp_path / "clone", "rev-list", "--count", "HEAD") == "2"
    with pytest.raises(BuildtoolError, match="fetch --unshallow") as caught:
        setup(tmp_path / "clone").run(["fetch", "--unshallow"])
    assert caught.value.kind is GIT_FAILED
