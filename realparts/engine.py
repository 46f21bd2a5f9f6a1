"""The container engine: the one that answers, or one of ours, started without systemd from `.parts/`."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from realparts import paths, processes, run, system, terminal
from realparts.packages import Need
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from realparts.machine import Machine

NAME = "dockerd"
_SOCKET = Path("/var/run/docker.sock")  # the default: every tool finds it
_FOLDER = paths.PARTS / "engine"
_BUILDX = (0, 13)  # machine-readable progress
_START_SECONDS = 90.0


@dataclass(frozen=True)
class Engine:
    """`environment` is what a program needs in addition, to talk to this engine."""

    host: str
    version: str

    @property
    def environment(self) -> Mapping[str, str]:
        return {"DOCKER_HOST": self.host}


def find() -> Engine | None:
    """The engine that answers where DOCKER_HOST or the current docker context points."""
    version = run.ask(["docker", "version", "--format", "{{.Server.Version}}"])
    if not version:
        return None
    host = os.environ.get("DOCKER_HOST") or run.ask(
        ["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]
    )
    return Engine(host or f"unix://{_SOCKET}", version)


def missing(machine: Machine, *, answers: bool) -> list[Need]:
    """What is not installed; an engine that answers needs no dockerd here."""
    needs = []
    if not answers and (not machine.linux or not shutil.which("dockerd")):
        needs.append(Need.ENGINE)
    if not shutil.which("docker"):
        needs.append(Need.CLIENT)
    elif not needs:
        needs += [need for need, plugin in _PLUGINS.items() if run.ask(["docker", plugin, "version"]) is None]
    return needs


_PLUGINS = {Need.BUILDX: "buildx", Need.COMPOSE: "compose"}


def ensure(machine: Machine) -> Engine:
    """The engine that answers, else one of ours; PartError where there can be none."""
    found = find()
    if found is None and not machine.installs:
        _explain_silence(machine)
    system.install(machine, missing(machine, answers=found is not None))
    _check_buildx()
    found = found or find()  # with systemd, the package has started it
    if found is not None:
        return found
    start()
    found = find()
    if found is None:
        raise PartError("the engine runs, but docker does not reach it", "unset DOCKER_HOST and DOCKER_CONTEXT")
    return found


def start() -> None:
    terminal.heading("Start a container engine of our own")
    log = _FOLDER / "dockerd.log"
    config = _FOLDER / "daemon.json"
    _FOLDER.mkdir(parents=True, exist_ok=True)
    paths.RUN.mkdir(parents=True, exist_ok=True)
    _mount_cgroups()
    config.write_text(json.dumps(settings(_filesystem(_FOLDER)), indent=2), encoding="utf-8")
    argv = ["dockerd", "--config-file", str(config)]
    terminal.command(argv)
    child = processes.start(NAME, argv, log)
    probe = ["docker", "--host", f"unix://{_SOCKET}", "version"]
    processes.wait_ready("dockerd", child, log, lambda: run.ask(probe) is not None, _START_SECONDS)


def _mount_cgroups() -> None:
    """The kernel's resource groups, where no init system has mounted them."""
    if not any(line.split()[2].startswith("cgroup") for line in Path("/proc/mounts").read_text().splitlines()):
        run.shown(["mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"])


def settings(filesystem: str) -> dict[str, object]:
    """daemon.json. Images in containerd's store, as the docker driver needs to push single platforms by name."""
    common: dict[str, object] = {
        "data-root": str(_FOLDER / "data"),
        "exec-root": str(paths.RUN / "exec"),
        "pidfile": str(paths.RUN / "dockerd.pid"),
        "hosts": [f"unix://{_SOCKET}"],
        "features": {"containerd-snapshotter": True},
        "log-level": "warn",  # so that the last lines of the log say what went wrong
    }
    # The kernel stacks no overlay on an overlay: inside a container, files are copied instead.
    return common | ({"storage-driver": "native"} if filesystem == "overlay" else {})


def stop() -> bool:
    """Stop the engine if it is ours, and whatever it left behind. False where none of ours ran."""
    ran = processes.stop(NAME)
    _end_containerd()
    for point in reversed(_mounts_below(paths.RUN) + _mounts_below(_FOLDER)):
        run.ask(["umount", "--lazy", point])
    shutil.rmtree(paths.RUN, ignore_errors=True)
    return ran


def _end_containerd() -> None:
    """The engine stops its containerd, unless the engine itself was killed."""
    with contextlib.suppress(OSError, ValueError):
        pid = int((paths.RUN / "exec/containerd/containerd.pid").read_text(encoding="ascii"))
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        when = processes.began(pid)
        if str(paths.RUN).encode() in words and when is not None:
            processes.end(pid, lambda: processes.began(pid) != when, 10.0)


def _mounts_below(folder: Path) -> list[str]:
    """Mount points below a folder, in the order of mounting."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    points = [line.split()[4].replace("\\040", " ") for line in lines]
    return [point for point in points if Path(point).is_relative_to(folder)]


def _filesystem(folder: Path) -> str:
    return run.ask(["stat", "--file-system", "--format", "%T", str(folder)]) or ""


def _check_buildx() -> None:
    shown = run.ask(["docker", "buildx", "version"]) or ""
    match = re.search(r"v(\d+)\.(\d+)", shown)
    if match and (int(match[1]), int(match[2])) < _BUILDX:
        raise PartError(f"docker buildx is too old: {match[0]}", "install buildx 0.13 or newer")


def _explain_silence(machine: Machine) -> None:
    """Say why no engine answers, where we cannot start one."""
    if machine.linux and _SOCKET.exists() and not os.access(_SOCKET, os.W_OK):
        raise PartError(
            f"this user may not talk to the docker engine ({_SOCKET})",
            "sudo usermod -aG docker $USER, then log in again",
        )
    if shutil.which("docker"):
        raise PartError("no docker engine answers", "start Docker Desktop, or: sudo systemctl start docker")
    raise PartError("there is no docker here", system.advice(machine, [Need.ENGINE]))
