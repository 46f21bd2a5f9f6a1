"""The files of a commit, whatever the work tree holds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git.committed import CommittedFiles
from buildtool.adapters.git.program import GitProgram
from buildtool.core.flux.unreadable import UnreadableError
from buildtool.core.yaml.bounds import MAX_BYTES
from buildtool.errors import BuildtoolError
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from pathlib import Path


def files(folder: Path, sha: str = "HEAD") -> CommittedFiles:
    return CommittedFiles(GitProgram(folder, os.environ), sha, lambda path: path.endswith(".yaml"))


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo")


def test_the_bytes_of_the_commit_not_of_the_work_tree(repo: Path) -> None:
    (repo / "a.yaml").write_bytes(b"a: \xff\r\n\0")
    old = commit(repo, **{"d/ü b.yaml": "b", "c.txt": "c", "empty.yaml": ""})
    (repo / "a.yaml").write_bytes(b"now")
    commit(repo, **{"later.yaml": "x"})
    found = files(repo, old)
    assert found.paths() == ("a.yaml", "c.txt", "d/ü b.yaml", "empty.yaml", "file")
    assert found.read("a.yaml") == b"a: \xff\r\n\0"
    assert [found.read(path) for path in ("d/ü b.yaml", "c.txt", "empty.yaml")] == [b"b", b"c", b""]


def test_from_a_folder_below(repo: Path) -> None:
    commit(repo, **{"d/a.yaml": "1"})
    assert files(repo / "d").read("d/a.yaml") == b"1"


@pytest.mark.parametrize("path", ["none.yaml", "d", "later/x", "", "../repo/file"])
def test_what_is_not_in_it(repo: Path, path: str) -> None:
    commit(repo, **{"d/a.yaml": "1"})
    with pytest.raises(UnreadableError) as raised:
        files(repo).read(path)
    assert raised.value.missing


def test_links_lead_to_what_they_lead_to_in_the_work_tree(repo: Path) -> None:
    commit(repo, **{"d/e/a.yaml": "1"})
    (repo / "l.yaml").symlink_to("d/e/a.yaml")
    (repo / "folder").symlink_to("d/e")
    (repo / "d" / "up.yaml").symlink_to("../folder/a.yaml")
    commit(repo)
    found = files(repo)
    assert [found.read(path) for path in ("l.yaml", "d/up.yaml", "folder/a.yaml")] == [b"1"] * 3


@pytest.mark.parametrize(("link", "code"), [("../x", "file-outside"), ("/etc/hostname", "file-outside"), ("l", None)])
def test_links_that_lead_out_or_in_a_circle(repo: Path, link: str, code: str | None) -> None:
    (repo / "l").symlink_to(link)
    commit(repo)
    with pytest.raises(UnreadableError) as raised:
        files(repo).read("l")
    assert raised.value.code == (code or "file-unreadable")


def test_a_file_that_is_too_large(repo: Path) -> None:
    (repo / "a.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    commit(repo, **{"b.yaml": "1"})
    found = files(repo)
    assert found.read("b.yaml") == b"1"
    with pytest.raises(UnreadableError) as raised:
        found.read("a.yaml")
    assert raised.value.code == "yaml-too-large"


def test_many_files_take_one_git_each_time_the_batch_is_full(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, **{f"{number}.yaml": f"{number}" * 10 for number in range(10)})
    asked: list[bytes] = []
    ask = GitProgram.read_bytes

    def counted(self: GitProgram, *arguments: str, stdin: bytes) -> bytes:
        asked.append(stdin)
        return ask(self, *arguments, stdin=stdin)

    monkeypatch.setattr(GitProgram, "read_bytes", counted)
    monkeypatch.setattr("buildtool.adapters.git.committed._BATCH", 50)
    found = files(repo)
    assert [found.read(f"{number}.yaml") for number in range(10)] == [b"%d" % n * 10 for n in range(10)]
    assert [stdin.count(b"\n") for stdin in asked] == [5, 5]


def test_a_partial_clone_says_that_it_lacks_the_content(repo: Path, tmp_path: Path) -> None:
    commit(repo, **{"a.yaml": "1"})
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{repo}", "partial")
    with pytest.raises((UnreadableError, BuildtoolError), match=r"not hold|lacks"):
        files(tmp_path / "partial").read("a.yaml")
