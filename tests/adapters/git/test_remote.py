"""What a remote's branch holds, over file:// and a real sshd, without touching anything of the checkout."""

from __future__ import annotations

import os
import shlex
import shutil
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git import GitRepo
from buildtool.errors import GIT_FAILED, GIT_MISSING, GIT_REMOTE, BuildtoolError
from tests.support import sshd
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from buildtool.adapters.git.remote import GitRemote


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sshd.Sshd]:
    with sshd.running(tmp_path_factory.mktemp("sshd"), {}) as found:
        yield found


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """The branches `main`, where apps/web.yaml says 1, and `feature/x`."""
    folder = repository(tmp_path / "origin")
    commit(folder, "web 1", **{"apps/web.yaml": "image: web:1\n"})
    git(folder, "branch", "feature/x", "HEAD~1")
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")  # asked over ssh without GIT_PROTOCOL
    return folder


@pytest.fixture(params=["file", "ssh"])
def address(origin: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "file":
        return origin.as_uri()
    server: sshd.Sshd = request.getfixturevalue("server")
    options = ["-F", "/dev/null", "-i", str(server.key), "-o", f"UserKnownHostsFile={server.known_hosts}"]
    monkeypatch.setenv("GIT_SSH_COMMAND", shlex.join(["ssh", *options]))
    return f"ssh://{server.user}@127.0.0.1:{server.port}{origin}"


def cloned(tmp_path: Path, address: str, *options: str) -> Path:
    git(tmp_path, "clone", "--quiet", *options, address, "clone")
    return tmp_path / "clone"


def remote(folder: Path) -> GitRemote:
    return GitRepo(folder, os.environ).remote


def state(folder: Path) -> dict[str, str]:
    """Every file of the clone but its objects: by path, what it holds."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="latin1")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "objects" not in path.parts
    }


@pytest.mark.parametrize("options", [(), ("--depth=1",), ("--filter=blob:none",), ("--filter=tree:0",)], ids=str)
def test_a_newer_commit_of_the_remote_is_read_and_nothing_here_changes(
    tmp_path: Path, origin: Path, address: str, options: tuple[str, ...]
) -> None:
    clone = cloned(tmp_path, address, *options)
    (clone / "apps/web.yaml").write_text("edited here\n", encoding="utf-8")
    newest = commit(origin, "web 2", **{"apps/web.yaml": "image: web:2\n"})
    git(origin, "tag", "v2")
    before = state(clone)
    found = GitRepo(clone, os.environ)
    branch = found.remote.fetch("main")
    assert branch is not None
    assert (branch.name, branch.sha) == ("main", newest)
    assert found.remote.text(newest, "apps/web.yaml") == "image: web:2\n"
    assert state(clone) == before
    if "--filter=tree:0" not in options:
        commits = found.history.commits_of("apps/web.yaml", revision=newest)
        assert [one.subject for one in commits] == ["web 2", "web 1"]
        assert found.is_ancestor(found.head[0], newest) is True


def test_the_default_branch(tmp_path: Path, origin: Path, address: str) -> None:
    clone = cloned(tmp_path, address)
    git(origin, "checkout", "--quiet", "feature/x")
    branch = remote(clone).branch()
    assert branch is not None
    assert (branch.name, branch.sha) == ("feature/x", git(origin, "rev-parse", "feature/x"))


def test_a_branch_is_no_tag_and_no_pattern(tmp_path: Path, origin: Path, address: str) -> None:
    clone = cloned(tmp_path, address)
    git(origin, "tag", "v1")
    for name in ("v1", "x", "feature", "mai*", "nowhere", "refs/heads/main", "--upload-pack=touch sprung", ""):
        assert remote(clone).branch(name) is None
        assert remote(clone).fetch(name) is None
    assert not (clone / "sprung").exists()


def test_only_files_are_read(tmp_path: Path, origin: Path) -> None:
    (origin / "link").symlink_to("file")
    (origin / "crlf").write_bytes(b"a\r\nb")
    (origin / "large").write_bytes(b"x" * 2000)
    sha = commit(origin, "files of all kinds", **{"ü \n*": "odd\n", "empty": ""})
    found = remote(cloned(tmp_path, origin.as_uri()))
    for path in ("nowhere", "apps", "apps/", "link", "", "*", "../file", "./file", "/file", ":(top)file"):
        assert found.text(sha, path) is None
    for unknown in ("f" * 40, "main", "--help", ""):
        assert found.text(unknown, "file") is None
    assert found.text(sha, "crlf") == "a\nb"
    assert found.text(sha, "ü \n*") == "odd\n"
    assert found.text(sha, "empty") == ""
    with pytest.raises(BuildtoolError, match="2,000 bytes, more than 1,999") as caught:
        found.text(sha, "large", limit=1999)
    assert caught.value.kind is GIT_FAILED
    assert found.text(sha, "large", limit=2000) is not None


def test_an_empty_remote_has_no_branch(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "empty.git")
    clone = cloned(tmp_path, (tmp_path / "empty.git").as_uri())
    assert remote(clone).fetch() is None
    assert remote(clone).fetch("main") is None


def test_a_remote_that_does_not_answer(tmp_path: Path, origin: Path) -> None:
    clone = cloned(tmp_path, origin.as_uri())
    shutil.move(origin, tmp_path / "moved")
    for question in (remote(clone).branch, remote(clone).fetch):
        with pytest.raises(BuildtoolError) as caught:
            question("main")
        assert caught.value.kind is GIT_REMOTE
        assert caught.value.place == "origin"


def test_a_key_that_is_not_known_is_an_error_and_no_question(
    tmp_path: Path, origin: Path, server: sshd.Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = cloned(tmp_path, origin.as_uri())
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -F /dev/null -o UserKnownHostsFile=/dev/null")
    git(clone, "remote", "set-url", "origin", f"ssh://{server.user}@127.0.0.1:{server.port}{origin}")
    with pytest.raises(BuildtoolError, match="Host key verification failed") as caught:
        remote(clone).branch("main")
    assert caught.value.kind is GIT_REMOTE


def test_a_repository_without_a_remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = repository(tmp_path / "repo")
    with pytest.raises(BuildtoolError, match="has no remote") as caught:
        remote(repo).branch("main")
    assert caught.value.kind is GIT_REMOTE
    git(repo, "remote", "add", "upstream", "/x")
    assert remote(repo).name == "upstream"
    git(repo, "remote", "add", "origin", "/y")
    assert remote(repo).name == "origin"
    asked = remote(repo)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildtoolError) as caught:
        _ = GitRepo(repo, os.environ).remote.name
    assert caught.value.kind is GIT_MISSING
    assert asked is not None


def test_the_hooks_of_this_checkout_do_not_run(tmp_path: Path, origin: Path) -> None:
    clone = cloned(tmp_path, origin.as_uri())
    hook = clone / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n", encoding="utf-8")
    hook.chmod(0o755)
    commit(origin, "more")
    assert remote(clone).fetch("main") is not None
    assert not (tmp_path / "sprung").exists()


def test_the_files_of_a_commit_that_hold_a_text(tmp_path: Path, origin: Path, address: str) -> None:
    """Whatever the user's settings of `git grep` are; the work tree and other commits do not count."""
    clone = cloned(tmp_path, address)
    for setting in ("color.grep=always", "grep.patternType=perl", "grep.column=true", "grep.lineNumber=true"):
        git(clone, "config", *setting.split("="))
    (clone / "here.yaml").write_text('"$imagepolicy"\n', encoding="utf-8")
    sha = commit(origin, "markers", **{"ü b.yaml": 'x # {"$imagepolicy": "a:b"}', "c.yaml": "$imagepolicy", "d": ".*"})
    found = remote(clone)
    assert found.fetch("main") is not None
    assert found.holding(sha, '"$imagepolicy"') == ["ü b.yaml"]
    assert found.holding(sha, ".*") == ["d"]
    assert found.holding(sha, "nowhere to be found") == []
    assert found.holding("f" * 40, "x") == found.holding("main", "x") == found.holding("--all", "x") == []
