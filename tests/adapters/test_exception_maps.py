"""No exception of a library leaves its adapter: each class the libraries define is raised, and comes out as ours.

httpx's are in tests/adapters/registry/http/test_failures.py.
"""

from __future__ import annotations

import errno
import http.client
import inspect
import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docker
import docker.context
import docker.errors
import git
import httpx
import pytest
import requests.exceptions
import urllib3.exceptions

from buildtool.adapters import process
from buildtool.adapters.buildx import Buildx
from buildtool.adapters.engine import engine_facts
from buildtool.adapters.git import GitRepo
from buildtool.errors import BuildtoolError, Exit

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

SOCKET = {"DOCKER_HOST": "unix:///nowhere/docker.sock"}
ELSEWHERE = {"DOCKER_HOST": "tcp://127.0.0.1:9"}
SYSTEM: list[BaseException] = [
    FileNotFoundError(errno.ENOENT, "No such file or directory", "docker"),
    PermissionError(errno.EACCES, "Permission denied"),
    NotADirectoryError(errno.ENOTDIR, "Not a directory"),
    OSError(errno.ENOEXEC, "Exec format error"),
    OSError(errno.E2BIG, "Argument list too long"),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
    BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
    ValueError("embedded null byte"),
    UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"),
]


def defined(*modules: ModuleType) -> list[BaseException]:
    """One of each exception class that the modules hold, warnings apart."""
    found = {value for module in modules for value in vars(module).values() if inspect.isclass(value)}
    classes = [one for one in found if issubclass(one, Exception) and not issubclass(one, Warning)]
    return [made(one) for one in sorted(classes, key=lambda one: f"{one.__module__}.{one.__qualname__}")]


def made(kind: type[Exception]) -> BaseException:
    """An instance with something for each argument it cannot do without, as its own code would print it."""
    if issubclass(kind, json.JSONDecodeError):
        return kind("no JSON", "{", 1)
    try:
        parameters = inspect.signature(kind).parameters.values()
    except ValueError:  # a class of C, or without a constructor of its own
        return kind("0" * 40)
    needed = [p for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    named = {p.name: "x" for p in parameters if p.default is p.empty and p.kind is p.KEYWORD_ONLY}
    return kind(*[_argument(kind, p.name) for p in needed], **named)


class Response:
    """What urllib3's exceptions ask of an answer."""

    length_remaining = 1

    def tell(self) -> int:
        return 0


def _argument(kind: type[Exception], name: str) -> Any:
    known = {"expected": 1, "length": b"1", "build_log": [], "failed_files": []}
    if name == "partial":  # the system's IncompleteRead holds what was read, urllib3's how much
        return b"" if kind is http.client.IncompleteRead else 0
    return Response() if name == "response" else known.get(name, "x")


def name_of(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def test_the_lists_are_not_empty() -> None:
    assert len(defined(docker.errors)) >= 18
    assert len(defined(requests.exceptions)) >= 20
    assert len(defined(urllib3.exceptions)) >= 25
    assert len(defined(git.exc)) >= 20  # those of gitdb among them


def raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


DOCKER = [*defined(docker.errors, requests.exceptions, urllib3.exceptions), *SYSTEM, http.client.IncompleteRead(b"x")]


@pytest.mark.parametrize("error", DOCKER, ids=name_of)
@pytest.mark.parametrize("place", ["DockerClient", "get_context"])
def test_docker(monkeypatch: pytest.MonkeyPatch, error: BaseException, place: str) -> None:
    if place == "DockerClient":
        monkeypatch.setattr(docker, "DockerClient", raising(error))
    else:
        monkeypatch.setattr(docker.context.ContextAPI, "get_context", raising(error))
    with pytest.raises(BuildtoolError) as raised:
        engine_facts(ELSEWHERE if place == "DockerClient" else {"DOCKER_CONTEXT": "x"})
    assert raised.value.kind.code == "docker-unreachable"
    assert raised.value.__cause__ is error


@pytest.mark.parametrize("error", [*defined(httpx), *SYSTEM], ids=name_of)
def test_a_docker_socket(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    monkeypatch.setattr(httpx.Client, "stream", raising(error))
    with pytest.raises(BuildtoolError) as raised:
        engine_facts(SOCKET)
    assert raised.value.kind.code == "docker-unreachable"
    assert raised.value.__cause__ is error


class Client:
    """A docker-py client whose engine answers `info`."""

    def __init__(self, info: Any) -> None:
        self._info = info

    def info(self) -> Any:
        return self._info

    def close(self) -> None: ...


@pytest.mark.parametrize("info", [None, [], "x", {"RegistryConfig": [7]}, {"DriverStatus": 7}, {"DriverStatus": [7]}])
def test_an_engine_that_answers_nonsense(monkeypatch: pytest.MonkeyPatch, info: Any) -> None:
    monkeypatch.setattr(docker, "DockerClient", lambda **_: Client(info))
    with pytest.raises(BuildtoolError) as raised:
        engine_facts(ELSEWHERE)
    assert raised.value.kind.code == "docker-unreachable"


def program(folder: Path, name: str, script: str) -> dict[str, str]:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_an_engine_behind_ssh_is_asked_by_the_docker_program(tmp_path: Path) -> None:
    """docker-py wants another package for it."""
    answer = json.dumps({"ServerVersion": "28.1", "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]]})
    path = program(tmp_path, "docker", f"echo '{answer}'")
    facts = engine_facts({**path, "DOCKER_HOST": "ssh://pi@192.168.0.50"})
    assert (facts.version, facts.containerd_store) == ("28.1", True)
    for script in ("echo no route >&2; exit 1", "echo not json", "exec sleep 60"):
        program(tmp_path, "docker", script)
        with pytest.raises(BuildtoolError) as raised:
            engine_facts({**path, "DOCKER_HOST": "ssh://pi@192.168.0.50"}, timeout=0.3)
        assert raised.value.kind.code == "docker-unreachable"


@pytest.mark.parametrize(
    ("call", "error"),
    [
        *[("run", error) for error in SYSTEM],
        *[("stream", error) for error in SYSTEM],
    ],
    ids=lambda one: one if isinstance(one, str) else name_of(one),
)
def test_programs(monkeypatch: pytest.MonkeyPatch, call: str, error: BaseException) -> None:
    monkeypatch.setattr(subprocess, "Popen", raising(error))
    with pytest.raises(process.ProgramError) as raised:
        process.run(["x"]) if call == "run" else process.stream(["x"], lambda _: None)
    assert raised.value.returncode is None
    assert isinstance(raised.value, process.ProgramMissingError) is isinstance(error, FileNotFoundError)


@pytest.mark.parametrize("error", [subprocess.TimeoutExpired("x", 1.0), *SYSTEM], ids=name_of)
def test_the_way_to_a_program_that_runs(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    monkeypatch.setattr(subprocess.Popen, "communicate", raising(error))
    with pytest.raises(process.ProgramError) as raised:
        process.run(["true"])
    assert raised.value.returncode is None


@pytest.mark.parametrize(
    "call", [lambda **a: process.run(["true"], **a), lambda **a: process.stream(["true"], print, **a)]
)
def test_a_folder_that_is_missing_is_not_a_missing_program(tmp_path: Path, call: Callable[..., Any]) -> None:
    with pytest.raises(process.ProgramError) as raised:
        call(cwd=tmp_path / "gone")
    assert not isinstance(raised.value, process.ProgramMissingError)
    assert "gone" in str(raised.value)


@pytest.mark.parametrize("error", SYSTEM, ids=name_of)
def test_what_runs_programs_translates_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: BaseException
) -> None:
    monkeypatch.setattr(subprocess, "Popen", raising(error))
    with pytest.raises(BuildtoolError) as raised:
        GitRepo(tmp_path, {}).root  # noqa: B018 -- reading it runs git
    assert raised.value.kind.exit is Exit.GIT
    with pytest.raises(BuildtoolError) as raised:
        Buildx(root=tmp_path, environment={}).facts()
    assert raised.value.kind.exit is Exit.DOCKER


GIT = [*defined(git.exc), *[error for error in SYSTEM if not isinstance(error, BlockingIOError)]]


@pytest.mark.parametrize("error", GIT, ids=name_of)
def test_git(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    history = GitRepo(Path(__file__).parents[2], os.environ).history
    sha = GitRepo(Path(__file__).parents[2], os.environ).head[0]
    monkeypatch.setattr(git.Git, "_call_process", raising(error))
    for question in (lambda: history.commit(sha), lambda: history.commits_of("README.md")):
        with pytest.raises(BuildtoolError) as raised:
            question()
        assert raised.value.kind.code == "git-failed"
