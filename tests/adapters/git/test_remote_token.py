"""A private repository over HTTP, read with the token of a runner whose checkout keeps no credentials."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, NamedTuple

import pytest

from buildtool.adapters import process
from buildtool.adapters.git import GitRepo
from buildtool.errors import GIT_REMOTE, BuildtoolError
from tests.support.gitrepos import commit, git, repository
from tests.support.httpserver import Reply, serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.support.httpserver import Handler, Question

TOKEN = "ghs_0123456789"
LOGIN = f"Basic {b64encode(f'x-access-token:{TOKEN}'.encode()).decode()}"


class Host(NamedTuple):
    """A git server; `seen` are the paths and Authorization headers of all requests."""

    address: str
    origin: Path
    seen: list[tuple[str, str]]

    def runner(self, repository: str = "shop/site", token: str = TOKEN) -> dict[str, str]:
        here = {"GITHUB_SERVER_URL": f"http://{self.address}", "GITHUB_REPOSITORY": repository}
        return {**os.environ, **here, "BUILDTOOL_GIT_TOKEN": token}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """Serves bare repositories below `srv`, by git's plain HTTP protocol, to the token alone."""
    origin = repository(tmp_path / "origin")
    for name in ("shop/site.git", "other/site.git"):
        git(tmp_path, "clone", "--quiet", "--bare", str(origin), f"srv/{name}")
        git(tmp_path / "srv" / name, "update-server-info")
    seen: list[tuple[str, str]] = []

    def answer(handler: Handler, question: Question) -> None:
        login = question.headers.get("authorization", "")
        seen.append((question.path, login))
        if login != LOGIN:
            handler.reply(Reply(401, {"WWW-Authenticate": 'Basic realm="git"'}))
            return
        path = question.path.strip("/")
        file = tmp_path / "srv" / (path if ".git/" in path else path.replace("/site/", "/site.git/", 1))
        handler.reply(Reply(200, {}, file.read_bytes()) if file.is_file() else Reply(404))

    with serve(answer) as address:
        yield Host(address, origin, seen)


@pytest.fixture
def clone(tmp_path: Path, host: Host) -> Path:
    """As actions/checkout leaves it with persist-credentials: false, one commit behind its remote."""
    git(tmp_path, "clone", "--quiet", str(host.origin), "clone")
    commit(host.origin, "newer")
    git(host.origin, "push", "--quiet", str(tmp_path / "srv" / "shop" / "site.git"), "main")
    git(tmp_path / "srv" / "shop" / "site.git", "update-server-info")
    return tmp_path / "clone"


def fetch(clone: Path, url: str, environ: Mapping[str, str]) -> str:
    git(clone, "remote", "set-url", "origin", url)
    found = GitRepo(clone, environ).remote.fetch("main")
    assert found is not None
    return found.sha


@pytest.mark.parametrize("suffix", ["", ".git"])
def test_the_token_reads_the_repository_of_the_job(clone: Path, host: Host, suffix: str) -> None:
    newest = git(host.origin, "rev-parse", "HEAD")
    assert fetch(clone, f"http://{host.address}/shop/site{suffix}", host.runner()) == newest
    assert git(clone, "cat-file", "-t", newest) == "commit"
    assert {login for _, login in host.seen} == {LOGIN}


@pytest.mark.parametrize("key", ["http.extraHeader", "http.http://{address}/.extraHeader"])
def test_a_header_that_the_checkout_left_is_not_sent_beside_it(clone: Path, host: Host, key: str) -> None:
    """GitHub refuses a request with two."""
    git(clone, "config", key.format(address=host.address), "Authorization: Basic b2xk")
    fetch(clone, f"http://{host.address}/shop/site", host.runner())
    assert {login for _, login in host.seen} == {LOGIN}


def test_settings_of_the_environment_stay(clone: Path, host: Host) -> None:
    git(clone, "config", "remote.origin.url", "kept:site")
    pair = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.http://{host.address}/shop/.insteadOf"}
    environ = {**host.runner(), **pair, "GIT_CONFIG_VALUE_0": "kept:"}
    assert fetch(clone, "kept:site", environ) == git(host.origin, "rev-parse", "HEAD")


@pytest.mark.parametrize("repository", ["other/site", "shop/sit", "shop"])
def test_no_other_repository_is_told_the_token(clone: Path, host: Host, repository: str) -> None:
    with pytest.raises(BuildtoolError) as caught:
        fetch(clone, f"http://{host.address}/shop/site.git", host.runner(repository))
    assert caught.value.kind is GIT_REMOTE
    assert host.seen
    assert {login for _, login in host.seen} == {""}


@pytest.mark.parametrize("token", ["", "a b", "a\nX-Evil: 1"])
def test_without_a_token_it_says_what_to_give(clone: Path, host: Host, token: str) -> None:
    with pytest.raises(BuildtoolError) as caught:
        fetch(clone, f"http://{host.address}/shop/site.git", host.runner(token=token))
    assert "could not read Username" in caught.value.message
    assert "BUILDTOOL_GIT_TOKEN: ${{ github.token }}" in str(caught.value.fix)
    assert {login for _, login in host.seen} == {""}


def test_a_token_that_is_refused_is_not_told(clone: Path, host: Host) -> None:
    with pytest.raises(BuildtoolError) as caught:
        fetch(clone, f"http://{host.address}/shop/site.git", host.runner(token="wrong-one"))
    told = f"{caught.value.message} {caught.value.fix}"
    assert "wrong-one" not in told
    assert b64encode(b"x-access-token:wrong-one").decode() not in told
    sent = {login.removeprefix("Basic ") for _, login in host.seen}
    assert "x-access-token:wrong-one" in {b64decode(login).decode() for login in sent}


def test_no_command_line_holds_the_token(clone: Path, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command lines are seen by every user of the computer."""
    lines: list[str] = []
    run = process.run

    def kept(argv: Sequence[str], **rest: object) -> process.ProgramOutput:
        lines.append(" ".join(argv))
        return run(argv, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(process, "run", kept)
    fetch(clone, f"http://{host.address}/shop/site", host.runner())
    assert any("ls-remote" in line for line in lines)
    assert not [line for line in lines if TOKEN in line or LOGIN.split()[1] in line]
