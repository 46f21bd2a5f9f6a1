"""The files of a repository: which there are, and reading that is not led astray."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.manifests import RepositoryFiles, repository_root
from buildtool.core.flux.unreadable import UnreadableError
from buildtool.core.yaml.bounds import MAX_BYTES
from tests.support.gitrepos import commit, git

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, ".gitignore", **{".gitignore": "ignored.yaml\n", "a.yaml": "a: 1\n"})
    return tmp_path


def test_paths_are_what_git_tracks_or_would_add(repo: Path) -> None:
    (repo / "new.yaml").touch()
    (repo / "ignored.yaml").touch()
    (repo / "odd\nname \u00e9.yaml").touch()
    assert RepositoryFiles(repo).paths() == (".gitignore", "a.yaml", "new.yaml", "odd\nname \u00e9.yaml")


def test_without_git_the_folders_are_walked_without_following_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.yaml").touch()
    (tmp_path / "sub" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "b.yaml").touch()
    monkeypatch.setenv("PATH", "/nowhere")
    assert RepositoryFiles(tmp_path).paths() == ("sub/a.yaml",)


def test_the_environment_of_a_hook_does_not_lead_to_another_repository(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert "a.yaml" in RepositoryFiles(repo).paths()


def test_texts_are_the_files_that_flux_or_a_setter_concerns(repo: Path) -> None:
    commit(
        repo,
        **{
            "image.yaml": "apiVersion: image.toolkit.fluxcd.io/v1\n",
            "setter.yml": 'a: b # {"$imagepolicy": "a:b"}\n',
            "kustomization.yaml": "namespace: x\n",
            "notes.txt": 'image.toolkit.fluxcd.io "$imagepolicy"\n',
        },
    )
    (repo / "gone.yaml").symlink_to("nowhere")
    assert [path for path, _ in RepositoryFiles(repo).texts()] == ["image.yaml", "kustomization.yaml", "setter.yml"]


def refusal(repo: Path, path: str) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        RepositoryFiles(repo).read(path)
    return caught.value


def test_what_is_no_regular_file_is_refused_at_once(repo: Path) -> None:
    os.mkfifo(repo / "pipe")
    (repo / "folder").mkdir()
    (repo / "loop").symlink_to("loop")
    for path in ("pipe", "folder", "loop", "/dev/zero"):
        assert refusal(repo, path).code in ("file-unreadable", "file-outside")


def test_links_may_lead_anywhere_inside_and_nowhere_else(repo: Path) -> None:
    (repo / "in.yaml").symlink_to("a.yaml")
    (repo / "out.yaml").symlink_to("/etc/hostname")
    assert RepositoryFiles(repo).read("in.yaml") == b"a: 1\n"
    assert refusal(repo, "out.yaml").code == "file-outside"
    assert refusal(repo, "../" * 20 + "etc/hostname").code == "file-outside"


def test_a_missing_file_is_told_from_a_dangling_link(repo: Path) -> None:
    (repo / "dangling").symlink_to("nowhere")
    assert refusal(repo, "none").missing
    assert not refusal(repo, "dangling").missing


def test_large_files_are_not_read(repo: Path) -> None:
    with (repo / "large.yaml").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert refusal(repo, "large.yaml").code == "yaml-too-large"


def test_the_root_is_the_folder_with_git(repo: Path) -> None:
    (repo / "a" / "b").mkdir(parents=True)
    assert repository_root(repo / "a" / "b") == repo.resolve()


def test_links_lead_to_files_of_the_repository(repo: Path) -> None:
    (repo / "sub").mkdir()
    (repo / "sub" / "link.yaml").symlink_to("../a.yaml")
    (repo / "again.yaml").symlink_to("sub/link.yaml")
    (repo / "gone.yaml").symlink_to("nowhere.yaml")
    (repo / "out.yaml").symlink_to("/etc/hostname")
    files = RepositoryFiles(repo)
    assert files.links() == {"again.yaml": "a.yaml", "gone.yaml": "", "sub/link.yaml": "a.yaml"}
    assert files.read("again.yaml") == b"a: 1\n"
