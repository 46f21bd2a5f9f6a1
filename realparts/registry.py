"""A real registry on a free loopback port: distribution as a process, or as a container where there is no program."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from realparts import deb, debian, paths, processes, run
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from realparts.machine import Machine

_IMAGE = "registry:2"
FETCHED = paths.CACHE / "bin" / "docker-registry"
_LISTENING = re.compile(r"listening on \S+?:(\d+)")
_READY_SECONDS = 120.0  # a computer that builds and tests at the same time is slow


class Registry(ABC):
    """One registry. `settings` are laid over the configuration (see distribution's configuration reference).

    `address` is 127.0.0.1:PORT; a registry that was stopped starts again at the same address.
    """

    def __init__(self, name: str, folder: Path, settings: Mapping[str, Any] | None = None) -> None:
        self.name = name
        self.folder = folder
        self.settings = settings or {}
        self.port = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        scheme = "https" if "tls" in self.settings.get("http", {}) else "http"
        return f"{scheme}://{self.address}"

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def stop(self) -> None: ...

    def configuration(self, root: str, listen: str) -> dict[str, Any]:
        """The configuration file's content."""
        basis = {
            "version": "0.1",
            "log": {"accesslog": {"disabled": True}, "level": "info"},
            "storage": {"filesystem": {"rootdirectory": root}, "delete": {"enabled": True}},
            "http": {"addr": listen, "secret": "only-for-uploads-to-this-computer"},
        }
        return overlay(basis, self.settings)

    def _write(self, root: str, listen: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "config.yml"  # JSON is YAML
        path.write_text(json.dumps(self.configuration(root, listen)), encoding="utf-8")
        return path


class ProcessRegistry(Registry):
    """A registry program in the background."""

    def __init__(self, program: str, name: str, folder: Path, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__(name, folder, settings)
        self.program = program
        self.log = folder / "registry.log"
        if processes.running(name):
            self._read_port()

    def start(self) -> None:
        if processes.running(self.name):
            return
        config = self._write(str(self.folder / "storage"), self.address)
        child = processes.start(self.name, [self.program, "serve", str(config)], self.log)
        processes.wait_ready("the registry", child, self.log, self._read_port, _READY_SECONDS)

    def stop(self) -> None:
        processes.stop(self.name, grace=5.0)

    def _read_port(self) -> bool:
        """The port the kernel chose stands in the log."""
        match = _LISTENING.search(self.log.read_text(encoding="utf-8", errors="replace"))
        if match:
            self.port = int(match[1])
        return match is not None


class ContainerRegistry(Registry):
    """The registry image in the engine."""

    @property
    def container(self) -> str:
        return f"buildtool-{self.name}"

    def start(self) -> None:
        """Run it, or find it running."""
        if not self._find_port():
            config = self._write("/var/lib/registry", ":5000")
            run.ask(["docker", "rm", "--force", self.container])
            argv = ["docker", "run", "--detach", "--name", self.container, "--label", paths.LABEL]
            argv += ["--publish", f"127.0.0.1:{self.port or ''}:5000"]
            run.quiet([*argv, "--volume", f"{config}:/etc/docker/registry/config.yml:ro", _IMAGE])
        if not processes.wait_for(lambda: self._find_port() and self._listens(), _READY_SECONDS):
            raise PartError(f"the registry did not get ready:\n{self._evidence()}", f"docker logs {self.container}")

    def stop(self) -> None:
        """Remove it, and with it what it stores."""
        run.ask(["docker", "rm", "--force", self.container])

    def _evidence(self) -> str:
        """What docker knows of the container, and the last that it printed: it is removed before anyone can look."""
        state = run.ask(["docker", "inspect", "--format", "{{json .State}}", self.container])
        logs = subprocess.run(  # the registry writes to both outputs
            ["docker", "logs", "--tail", "15", self.container],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        return f"port {self.port or 'not published'}, state {state or 'unknown'}\n{logs.stdout}"

    def _find_port(self) -> bool:
        published = run.ask(["docker", "port", self.container, "5000/tcp"])
        if published:
            self.port = int(published.split()[0].rpartition(":")[2])
        return bool(published)

    def _listens(self) -> bool:
        """Docker accepts connections before the registry does, and then resets them."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(b"GET /v2/ HTTP/1.0\r\n\r\n")
                return bool(connection.recv(1))
        except OSError:
            return False


def create(name: str, folder: Path, settings: Mapping[str, Any] | None = None) -> Registry:
    """A registry that is not started yet."""
    program = find_program()
    return ProcessRegistry(program, name, folder, settings) if program else ContainerRegistry(name, folder, settings)


def find_program() -> str | None:
    """An installed or fetched registry program that runs here."""
    for program in ("docker-registry", str(FETCHED)):
        if "distribution" in (run.ask([program, "--version"]) or ""):
            return program
    return None


def ensure_program(machine: Machine) -> None:
    """Fetch Debian's registry into the cache where there is none; it is not installed, so no service starts."""
    if find_program() or not debian.available(machine):
        return
    packages = debian.fetch(machine, machine.arch, ["docker-registry"], machine.codename)
    package = next(path for path in packages if path.name.startswith("docker-registry_"))
    with deb.data(package) as archive:
        content = archive.extractfile("./usr/bin/docker-registry")
        if content is None:
            raise PartError(f"{package.name} holds no registry", "install docker-registry")
        FETCHED.parent.mkdir(parents=True, exist_ok=True)
        unfinished = FETCHED.with_suffix(f".{os.getpid()}")
        with unfinished.open("wb") as out:
            shutil.copyfileobj(content, out)
    unfinished.chmod(0o755)
    unfinished.rename(FETCHED)


def overlay(basis: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """`top` laid over `basis`, table by table; None in `top` takes a key away."""
    merged: dict[str, Any] = dict(basis)
    for key, value in top.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = overlay(merged[key], value)
        else:
            merged[key] = value
    return merged
