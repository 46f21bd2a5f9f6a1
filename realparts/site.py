"""Runs the two published images as cluster and VM would, by digest and locked down, and asks them for a page."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

from realparts import paths, processes, run, terminal
from realparts.terminal import PartError

_READY_SECONDS = 90.0
_ANSWER_SECONDS = 5.0
_LOCKED_DOWN = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")  # noqa: S108 -- inside the container


@dataclass(frozen=True)
class Running:
    """A container and the loopback port its service has here."""

    container: str
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def text(self, path: str) -> str:
        status, body = _get(self.port, path)
        if status != http.client.OK:
            raise PartError(f"{self.url}{path} answered {status}", f"docker logs {self.container}")
        return body

    def json(self, path: str) -> Any:
        return json.loads(self.text(path))


def start(name: str, reference: str, platform: str, port: int, path: str) -> Running:
    """Pull and run `reference` (with its digest) in place of an earlier one; wait until `path` answers."""
    container = f"buildtool-demo-{name}"
    run.ask(["docker", "rm", "--force", container])
    argv = ["docker", "run", "--detach", "--quiet", "--pull", "always", "--platform", platform, "--name", container]
    argv += ["--label", paths.LABEL, *_LOCKED_DOWN, "--publish", f"127.0.0.1::{port}", reference]
    if run.shown(argv) != 0:
        raise PartError(f"{reference} does not run", "see what docker says above")
    published = run.quiet(["docker", "port", container, f"{port}/tcp"])
    running = Running(container, int(published.split()[0].rpartition(":")[2]))
    if not processes.wait_for(lambda: _get(running.port, path)[0] == http.client.OK, _READY_SECONDS):
        raise PartError(f"{running.url}{path} does not answer", f"docker logs {container}")
    return running


def machine_of(running: Running) -> str:
    """What programs in the container take their processor for."""
    return run.quiet(["docker", "exec", running.container, "uname", "-m"]).strip()


def show(running: Running, path: str, text: str) -> None:
    terminal.command(["curl", f"{running.url}{path}"])
    for line in text.strip().splitlines():
        terminal.note(line)


def _get(port: int, path: str) -> tuple[int, str]:
    """Status and body; status 0 where nothing answers (yet)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()
