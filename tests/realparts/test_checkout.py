"""The demo's own configuration, and the TOML it is written in."""

from __future__ import annotations

import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest

from realparts import checkout, paths, toml
from realparts.terminal import PartError

if TYPE_CHECKING:
    from pathlib import Path

ORIGINAL = {
    "registry": "192.168.0.40:5000",
    "insecure": False,
    "images": {
        "one": {"dockerfile": "D1", "platforms": ["linux/arm64"], "policy": "flux-system:one"},
        "two": {"dockerfile": "D2", "contexts": {"own": "docker-image://x"}},
    },
}


def test_the_demo_changes_registry_and_bases_and_nothing_else() -> None:
    contexts = {"nginx:1": "docker-image://127.0.0.1:1/bases/nginx:1", "python:3": "docker-image://127.0.0.1:1/p:3"}
    dockerfiles = {"one": "FROM python:3 AS b\nFROM nginx:1\n", "two": "FROM python:3\n"}
    settings = checkout.demo_settings(ORIGINAL, "127.0.0.1:1", contexts, dockerfiles)
    assert settings == {
        "registry": "127.0.0.1:1",
        "insecure": True,
        "images": {
            "one": {**ORIGINAL["images"]["one"], "contexts": contexts},  # type: ignore[index]
            "two": {
                "dockerfile": "D2",
                "contexts": {"own": "docker-image://x", "python:3": contexts["python:3"]},
            },
        },
    }
    assert tomllib.loads(toml.dumps(settings)) == settings


def test_where_bases_can_be_pulled_no_contexts_are_added() -> None:
    settings = checkout.demo_settings(ORIGINAL, "127.0.0.1:1", {}, {"one": "FROM a", "two": "FROM b"})
    assert settings["images"] == ORIGINAL["images"]


@pytest.mark.parametrize(
    "value",
    [
        {"a": 'quotes " and \\ and \n and é'},
        {"a key": {"nginx:1.28": "x"}, "b": True, "n": 3, "f": 1.5},
        {"a": {"b": {"c": ["x", "y"]}}, "e": {}},
    ],
)
def test_what_is_written_is_read_back(value: dict[str, object]) -> None:
    assert tomllib.loads(toml.dumps(value)) == value


def test_toml_has_no_word_for_nothing() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        toml.dumps({"a": None})


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository on another branch, with uncommitted work."""
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch", "feature/x")
    (root / "file").write_text("committed")
    git(root, "add", "file")
    git(root, "commit", "--quiet", "--message", "one")
    (root / "file").write_text("not committed")
    monkeypatch.setattr(paths, "ROOT", root)
    monkeypatch.setattr(checkout, "FOLDER", tmp_path / "parts" / "checkout")
    monkeypatch.setattr(checkout, "CONFIG", tmp_path / "parts" / "checkout" / "demo.toml")
    return root


def test_the_checkout_is_the_last_commit_on_the_deploy_branch_and_clean(project: Path) -> None:
    for _ in range(2):  # make demo twice
        assert checkout.make() == git(project, "rev-parse", "HEAD")
        (checkout.FOLDER / "demo.toml").write_text("ours")
        assert git(checkout.FOLDER, "symbolic-ref", "--short", "HEAD") == "master"
        assert git(checkout.FOLDER, "status", "--porcelain") == ""
        assert (checkout.FOLDER / "file").read_text() == "committed"


def test_the_checkout_follows_and_knows_no_remote(project: Path) -> None:
    checkout.make()
    git(project, "checkout", "--quiet", "--detach")
    git(project, "commit", "--quiet", "--all", "--message", "two")
    assert checkout.make() == git(project, "rev-parse", "HEAD")
    assert (checkout.FOLDER / "file").read_text() == "not committed"
    assert git(checkout.FOLDER, "remote") == ""


def test_a_shallow_clone_is_enough(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(project, "commit", "--quiet", "--all", "--message", "two")
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{project}", "shallow")
    monkeypatch.setattr(paths, "ROOT", tmp_path / "shallow")
    assert checkout.make() == git(project, "rev-parse", "HEAD")


def test_without_git_the_demo_says_so(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "ROOT", tmp_path / "unpacked")
    with pytest.raises(PartError, match="is no git repository"):
        checkout.make()
