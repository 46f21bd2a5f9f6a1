"""A clone of one branch: it follows the remote, is made anew when it is damaged, and trusts a pinned host key alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git.clone import BranchClone, RemoteAccess
from buildtool.errors import GIT_REMOTE, USAGE, BuildtoolError
from tests.support import sshd
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return repository(tmp_path / "remote")


def clone_of(remote: Path | str, folder: Path, branch: str | None = None, **access: Path) -> BranchClone:
    return BranchClone(folder / "clone", RemoteAccess(str(remote), **access), branch, os.environ)


def test_it_stands_on_the_newest_commit_each_time(remote: Path, tmp_path: Path) -> None:
    clone = clone_of(remote, tmp_path)
    for text in ("2\n", "3\n"):
        sha = commit(remote, file=text)
        assert (clone.update().name, clone.update().sha) == ("main", sha)
        assert (tmp_path / "clone" / "file").read_text(encoding="utf-8") == text
    git(remote, "reset", "--quiet", "--hard", "HEAD~2")  # a forced push
    assert clone.update().sha == git(remote, "rev-parse", "HEAD")
    assert (tmp_path / "clone" / "file").read_text(encoding="utf-8") == "1\n"


def test_a_branch_by_its_name(remote: Path, tmp_path: Path) -> None:
    git(remote, "branch", "deploy")
    commit(remote, file="2\n")
    assert clone_of(remote, tmp_path, "deploy").update().name == "deploy"
    assert (tmp_path / "clone" / "file").read_text(encoding="utf-8") == "1\n"
    with pytest.raises(BuildtoolError, match="no branch other") as raised:
        clone_of(remote, tmp_path, "other").update()
    assert raised.value.kind is GIT_REMOTE


@pytest.mark.parametrize("damage", ["an object", "HEAD", "a lock", "a file in the work tree", "another remote"])
def test_a_damaged_clone_is_made_anew(remote: Path, tmp_path: Path, damage: str) -> None:
    clone, folder = clone_of(remote, tmp_path), tmp_path / "clone"
    clone.update()
    sha = commit(remote, file="2\n")
    if damage == "an object":
        for file in (folder / ".git" / "objects").rglob("*"):
            if file.is_file():
                file.chmod(0o600)
                file.write_bytes(b"")
    elif damage == "HEAD":
        (folder / ".git" / "HEAD").write_text("nonsense", encoding="utf-8")
    elif damage == "a lock":
        (folder / ".git" / "index.lock").touch()
    elif damage == "another remote":
        git(folder, "remote", "set-url", "origin", "/nowhere")
    else:
        (folder / "file").write_text("changed", encoding="utf-8")
    assert clone.update().sha == sha
    assert (folder / "file").read_text(encoding="utf-8") == "2\n"


def test_nothing_of_the_repository_runs(remote: Path, tmp_path: Path) -> None:
    """A link stays a link, and hooks and filters that a repository names are no programs of ours."""
    (remote / ".gitattributes").write_text("* filter=evil\n", encoding="utf-8")
    (remote / "link").symlink_to("/etc/passwd")
    commit(remote)
    clone_of(remote, tmp_path).update()
    assert (tmp_path / "clone" / "link").is_symlink()
    assert not any((tmp_path / "clone" / ".git").glob("hooks/*"))


def test_a_remote_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(BuildtoolError) as raised:
        clone_of(tmp_path / "nowhere", tmp_path).update()
    assert raised.value.kind is GIT_REMOTE


def test_over_ssh_with_the_pinned_host_key_alone(remote: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sshd"
    folder.mkdir()
    with sshd.running(folder, {}) as server:
        url = f"ssh://{server.user}@127.0.0.1:{server.port}{remote}"
        found = clone_of(url, tmp_path, ssh_key=server.key, known_hosts=server.known_hosts).update()
        assert found.sha == git(remote, "rev-parse", "HEAD")
        other = tmp_path / "other_hosts"
        sshd.pin(other, server.port, sshd.new_key(tmp_path / "other_key"))
        with pytest.raises(BuildtoolError, match=r"(?i)host key") as raised:
            clone_of(url, tmp_path / "second", ssh_key=server.key, known_hosts=other).update()
        assert raised.value.kind is GIT_REMOTE


@pytest.mark.parametrize(
    "url",
    [
        "http://example.invalid/a.git",
        "git://example.invalid/a.git",
        "ext::sh -c touch% /tmp/x",
        "-u/x",
        "relative/path",
        "file:///srv/a.git",
        "https://user:password@example.invalid/a.git",
        "https://token@example.invalid/a.git",
        "https://example.invalid/a\n.git",
        "git@example.invalid:a.git",
        "ssh://git@example.invalid/a.git",
        "",
    ],
)
def test_remotes_that_are_refused(url: str) -> None:
    with pytest.raises(BuildtoolError) as raised:
        RemoteAccess(url).check()
    assert raised.value.kind is USAGE
    assert "password@" not in raised.value.message


@pytest.mark.parametrize(
    "url",
    ["ext::sh -c x", "fd::17", "ssh://-oProxyCommand=x/a", "ssh://git@-oX/a", "-oX:a", "git@-x:a", "--upload-pack=x:a"],
)
def test_remotes_that_would_run_a_program_are_refused_even_with_a_pinned_key(url: str, tmp_path: Path) -> None:
    with pytest.raises(BuildtoolError, match="names a program, or an option of one") as raised:
        RemoteAccess(url, known_hosts=tmp_path / "known_hosts").check()
    assert raised.value.kind is USAGE


def test_remotes_that_are_taken(tmp_path: Path) -> None:
    plain = [RemoteAccess(url) for url in ("https://example.invalid/a.git", "/srv/git/a.git")]
    hosts = tmp_path / "known_hosts"
    pinned = [
        RemoteAccess(url, known_hosts=hosts)
        for url in ("git@example.invalid:a.git", "ssh://git@example.invalid/-a/x::b.git", "a-b@[::1]:a.git")
    ]
    for access in plain + pinned:
        access.check()
    assert [access.is_ssh for access in plain + pinned] == [False, False, True, True, True]
    for access in pinned:
        assert f"-oUserKnownHostsFile={hosts}" in access.variables({})["GIT_SSH_COMMAND"]


@pytest.mark.parametrize("count", ["", "many", "-1", "9" * 5000, "\N{ARABIC-INDIC DIGIT ONE}"])
def test_a_count_of_settings_that_is_none(tmp_path: Path, count: str) -> None:
    access = RemoteAccess("https://example.invalid/a.git", credentials=tmp_path / "credentials")
    assert access.variables({"GIT_CONFIG_COUNT": count})["GIT_CONFIG_COUNT"] == "1"


def test_credentials_go_to_git_by_a_helper_that_reads_the_file(tmp_path: Path) -> None:
    file = tmp_path / "it's here"
    file.write_text("username=robot\npassword=secret\n", encoding="utf-8")
    variables = RemoteAccess("https://example.invalid/a.git", credentials=file).variables({"GIT_CONFIG_COUNT": "1"})
    assert variables["GIT_CONFIG_COUNT"] == "2"
    assert "secret" not in str(variables)
    told = {name: value for name, value in variables.items() if name.startswith("GIT_CONFIG_")}
    told |= {"GIT_CONFIG_KEY_0": "core.askPass", "GIT_CONFIG_VALUE_0": "true"}
    request = tmp_path / "request"
    request.write_text("protocol=https\nhost=example.invalid\n\n", encoding="utf-8")
    filled = git(tmp_path, "-c", "alias.fill=!git credential fill <" + "request", "fill", **told)
    assert "username=robot" in filled
    assert "password=secret" in filled
