from __future__ import annotations

import base64
import contextlib
import json
import os
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest
from docker.context import ContextAPI

from buildtool.adapters import engine as module
from buildtool.adapters.engine import EngineFacts, engine_facts, engine_limits, reaches
from buildtool.core.build.builder import EngineLimits
from buildtool.errors import DOCKER_UNREACHABLE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.parts import Registries


@pytest.mark.parametrize(
    ("host", "insecure"),
    [
        ("127.0.0.1:5000", True),
        ("localhost:5000", True),
        ("[::1]:5000", True),
        ("10.1.2.3:80", True),
        ("harbor.example:80", True),
        ("harbor.example", False),
        ("192.168.0.40:5000", False),
    ],
)
def test_hosts_and_networks(host: str, insecure: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    listed = ("harbor.example:80", "127.0.0.0/8", "::1/128", "10.0.0.0/8")
    facts = EngineFacts("28", containerd_store=True, insecure=listed)
    assert facts.is_insecure(host) is insecure


@pytest.mark.engine
def test_the_real_one(engine: Mapping[str, str]) -> None:
    facts = engine_facts({**os.environ, **engine})
    assert facts.version
    assert facts.is_insecure("127.0.0.1:1")


# docker-py leaves the socket it could not connect to the garbage collector
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("host", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:9", "surprise://x", "npipe:////./x"])
def test_an_engine_that_is_not_there(host: str) -> None:
    with pytest.raises(BuildtoolError) as raised:
        engine_facts({"DOCKER_HOST": host}, timeout=2)
    assert raised.value.kind is DOCKER_UNREACHABLE


@contextlib.contextmanager
def engine_that_says(
    folder: Path, status: int, message: str, answer: bytes | None = None
) -> Iterator[tuple[dict[str, str], list[tuple[str, str]]]]:
    """A stand-in on a socket: the environment to reach it, and the paths asked for with their credentials."""
    asked: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answer or json.dumps({"message": message}).encode()
            if self.path == "/version":
                body = b'{"ApiVersion": "1.45"}'
            if self.path != "/version":
                asked.append((self.path, self.headers.get("X-Registry-Auth", "")))
            self.send_response(200 if self.path == "/version" else status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has read enough
                self.wfile.write(body)

        def address_string(self) -> str:
            return "a socket"

        def log_message(self, *_: object) -> None: ...

    with socketserver.ThreadingUnixStreamServer(str(folder / "engine"), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {"DOCKER_HOST": f"unix://{folder / 'engine'}"}, asked
        server.shutdown()


INFO = {
    "ServerVersion": "28.1",
    "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
    "RegistryConfig": {"InsecureRegistryCIDRs": ["127.0.0.0/8"], "IndexConfigs": {"a:80": {"Secure": False}}},
    "DockerRootDir": "/data",
}


def test_a_socket_is_asked_once(tmp_path: Path) -> None:
    with engine_that_says(tmp_path, 200, "", json.dumps(INFO).encode()) as (environment, asked):
        facts = engine_facts(environment)
    assert facts == EngineFacts("28.1", containerd_store=True, insecure=("a:80", "127.0.0.0/8"), root_folder="/data")
    assert [path for path, _ in asked] == ["/info"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"message": "broken"}'),
        (200, b"[]"),
        (200, b"7"),
        (200, b"no JSON"),
        (200, b"[" * 100_000),
        (200, b'{"ServerVersion": "' + b"x" * (3 << 20) + b'"}'),
        (200, b'{"RegistryConfig": [7]}'),
        (200, b'{"DriverStatus": 7}'),
    ],
    ids=["500", "list", "number", "text", "deep", "long", "registries", "driver"],
)
def test_a_socket_that_answers_nonsense(tmp_path: Path, status: int, body: bytes) -> None:
    with (
        engine_that_says(tmp_path, status, "", body) as (environment, _),
        pytest.raises(BuildtoolError) as raised,
    ):
        engine_facts(environment)
    assert raised.value.kind is DOCKER_UNREACHABLE


@pytest.mark.parametrize(
    ("config", "chosen"),
    [(None, False), ("{}", False), ('{"auths": {}}', False), ('{"currentContext": "farm"}', True), ("{", True)],
)
def test_the_default_engine_is_asked_where_no_context_is_chosen(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    config: str | None,
    chosen: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    monkeypatch.setattr(ContextAPI, "get_context", lambda *_: None)
    with engine_that_says(tmp_path, 200, "", b"{}") as (environment, asked):
        monkeypatch.setattr(module, "_DEFAULT", environment["DOCKER_HOST"])
        answered = not chosen
        if answered:
            assert engine_facts({"DOCKER_CONFIG": str(tmp_path)}).version == ""
        else:
            with pytest.raises(BuildtoolError, match="no docker context"):
                engine_facts({"DOCKER_CONFIG": str(tmp_path)})
    assert bool(asked) is answered


@pytest.mark.parametrize(
    ("status", "message", "reached"),
    [
        (200, "", True),
        (404, "manifest unknown: manifest unknown", True),
        (401, "errors:\nunauthorized: authentication required", True),
        (403, "errors:\ndenied: requested access to the resource is denied", True),
        (500, "unauthorized: project web not found", True),
        (500, 'Get "https://r/v2/": http: server gave HTTP response to HTTPS client', False),
        (500, 'Get "http://r/v2/": dial tcp 10.0.0.1:5000: connect: connection refused', None),
        (500, "Get https://r/v2/: net/http: request canceled while waiting for connection", None),
        (500, "surprise", None),
    ],
)
def test_what_the_engine_says_of_a_registry(tmp_path: Path, status: int, message: str, reached: bool | None) -> None:  # noqa: FBT001
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"r.example:5000": {"auth": "dTpw"}}}))
    with engine_that_says(tmp_path, status, message) as (environment, asked):
        assert reaches({**environment, "DOCKER_CONFIG": str(tmp_path)}, "r.example:5000/team/web:unproven") is reached
    [(path, credentials)] = asked
    assert path.endswith("/distribution/r.example:5000/team/web:unproven/json")
    assert json.loads(base64.b64decode(credentials)) == {}, "credentials are for those who need them"


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_without_an_engine_nothing_is_known() -> None:
    assert reaches({"DOCKER_HOST": "unix:///nowhere/docker.sock"}, "r.example/web:1", timeout=2) is None


@pytest.mark.engine
def test_the_real_one_reaches_a_registry_that_is_there(engine: Mapping[str, str], registry_server: Registries) -> None:
    environment = {**os.environ, **engine}
    assert reaches(environment, f"{registry_server().address}/nothing/here:unproven") is True
    assert reaches(environment, "127.0.0.1:9/nothing/here:unproven") is None


@pytest.mark.engine
def test_what_the_real_one_cannot_do(engine: Mapping[str, str], registry_server: Registries) -> None:
    """With the containerd image store everything is possible; without it, what it reaches decides."""
    environment = {**os.environ, **engine}
    store = engine_facts(environment).containerd_store
    there, gone = registry_server().address, "127.0.0.1:9"
    assert engine_limits(environment, {}) == EngineLimits({}, store)
    asked = engine_limits(environment, {host: f"{host}/nothing/here:unproven" for host in (there, gone)})
    assert asked == EngineLimits({} if store else {there: True, gone: None}, store)
