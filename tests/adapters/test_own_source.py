"""The commit of this buildtool: of its checkout, or as its installer noted it."""

from __future__ import annotations

import importlib.metadata
import json
from typing import TYPE_CHECKING

import buildtool
from buildtool.adapters import own_source
from tests.support.gitrepos import git, repository

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

COMMIT = "0123456789" * 4


def place(monkeypatch: pytest.MonkeyPatch, folder: Path, noted: str | None) -> None:
    """Let the package stand in a folder, with this direct_url.json."""

    class Noted:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return noted

    monkeypatch.setattr(buildtool, "__file__", str(folder / "buildtool" / "__init__.py"))
    monkeypatch.setattr(importlib.metadata, "distribution", lambda _: Noted())


def test_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository(tmp_path)
    (tmp_path / "action.yml").touch()
    place(monkeypatch, tmp_path, None)
    assert own_source.own_commit() == git(tmp_path, "rev-parse", "HEAD")


def test_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place(monkeypatch, tmp_path, json.dumps({"url": "x", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}))
    assert own_source.own_commit() == COMMIT


def test_what_is_not_known_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for noted in (None, "{}", "[", "[]", '{"vcs_info": {"commit_id": "main"}}', '{"dir_info": {}}'):
        place(monkeypatch, tmp_path, noted)
        assert own_source.own_commit() == ""
