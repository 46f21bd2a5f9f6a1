"""The backend as a process: its answers, and how it stops."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = Path(__file__).parents[2] / "site" / "backend" / "server.py"


class Backend:
    """The server on a port the kernel chose; its first line of log names it."""

    def __init__(self) -> None:
        env = {**os.environ, "PORT": "0", "SITE_VERSION": "master-abc1234-1700000000", "SITE_REVISION": "abc1234def"}
        self.process = subprocess.Popen([sys.executable, SERVER], env=env, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(json.loads(self.process.stdout.readline())["message"].rpartition(" ")[2])

    def ask(self, method: str, path: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def json(self, path: str) -> Any:
        return json.loads(self.ask("GET", path)[1])

    def stop(self) -> list[dict[str, Any]]:
        """SIGTERM; the log."""
        self.process.send_signal(signal.SIGTERM)
        log, _ = self.process.communicate(timeout=30)
        return [json.loads(line) for line in log.splitlines()]


@pytest.fixture
def backend() -> Iterator[Backend]:
    server = Backend()
    yield server
    server.process.kill()
    server.process.communicate()


def test_health_tells_what_runs(backend: Backend) -> None:
    health = backend.json("/api/health")
    assert health.pop("uptime_seconds") >= 0
    assert health == {"status": "ok", "version": "master-abc1234-1700000000", "revision": "abc1234def"}


def test_projects_are_listed_as_the_page_wants_them(backend: Backend) -> None:
    projects = backend.json("/api/projects")
    assert projects
    assert all(set(project) == {"name", "summary"} for project in projects)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/api/health/../secret", 404),
        ("GET", "/api/health?probe=1", 200),
        ("GET", "/api/health/", 200),
        ("POST", "/api/health", 501),
        ("GET", "/" + "x" * 70_000, 414),
    ],
)
def test_every_answer_is_json(backend: Backend, method: str, path: str, status: int) -> None:
    answer, body = backend.ask(method, path)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert isinstance(json.loads(body), dict)


def test_head_answers_without_a_body(backend: Backend) -> None:
    answer, body = backend.ask("HEAD", "/api/health")
    assert (answer.status, body) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0


def test_garbage_ends_in_an_answer_and_the_server_lives(backend: Backend) -> None:
    with socket.create_connection(("127.0.0.1", backend.port), timeout=10) as connection:
        connection.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert connection.recv(4096)
    assert backend.json("/api/health")["status"] == "ok"


def test_it_ends_with_0_when_told_to(backend: Backend) -> None:
    log = backend.stop()
    assert backend.process.returncode == 0
    assert log[-1] == {"message": "stopped"}


def test_a_request_under_way_is_answered_before_the_end(backend: Backend) -> None:
    """Half of the request is sent before SIGTERM, the other half after it."""
    with socket.create_connection(("127.0.0.1", backend.port), timeout=10) as connection:
        connection.sendall(b"GET /api/health HTTP/1.1\r\n")
        backend.json("/api/health")  # the first connection was taken before this one
        backend.process.send_signal(signal.SIGTERM)
        connection.sendall(b"Host: x\r\n\r\n")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert json.loads(answer.read())["status"] == "ok"
    assert backend.process.wait(timeout=30) == 0


def test_the_health_check_follows_the_server(backend: Backend) -> None:
    argv = [sys.executable, str(SERVER), "--health"]
    env = {**os.environ, "PORT": str(backend.port)}
    assert subprocess.run(argv, env=env, check=False).returncode == 0
    backend.stop()
    assert subprocess.run(argv, env=env, check=False).returncode == 1
