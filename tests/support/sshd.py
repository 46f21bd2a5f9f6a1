"""A real sshd on a free loopback port, with keys of its own: the VM of the deploy Job."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.adapters import process
from realparts import processes
from tests.support.need import need

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_READY_SECONDS = 20.0
_PASSED_ON = ("PATH", "HOME", "DOCKER_CONFIG", "GIT_CONFIG_NOSYSTEM")


@dataclass(frozen=True)
class Sshd:
    """`key` logs `user` in; `known_hosts` pins the host key this server has."""

    port: int
    user: str
    key: Path
    known_hosts: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def new_key(path: Path) -> str:
    """Make an ed25519 key at `path`; its public half, as `ssh-ed25519 AAAA…`."""
    process.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)])
    return path.with_suffix(".pub").read_text(encoding="ascii").strip()


def pin(file: Path, port: int, public_key: str) -> None:
    file.write_text(f"[127.0.0.1]:{port} {public_key}\n", encoding="ascii")


@contextlib.contextmanager
def running(folder: Path, environment: Mapping[str, str]) -> Iterator[Sshd]:
    """Start it for the person running the tests; its sessions see PATH, HOME and `environment` (DOCKER_HOST…)."""
    program = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    need(program and shutil.which("ssh-keygen"), "no sshd: apt-get install openssh-server openssh-client")
    assert program
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where root's sshd confines itself; its package's own
    port = free_port()
    host_key = new_key(folder / "host_key")
    (folder / "authorized_keys").write_text(new_key(folder / "id_ed25519") + "\n", encoding="ascii")
    known_hosts = folder / "known_hosts"
    pin(known_hosts, port, host_key)
    configuration = folder / "sshd_config"
    configuration.write_text(_configuration(folder, port, environment), encoding="utf-8")
    log, name = folder / "sshd.log", f"test-sshd-{os.getpid()}-{port}"
    child = processes.start(name, [program, "-D", "-e", "-f", str(configuration)], log)
    try:
        processes.wait_ready("sshd", child, log, lambda: _answers(port), _READY_SECONDS)
        yield Sshd(port, getpass.getuser(), folder / "id_ed25519", known_hosts)
    finally:
        processes.stop(name)


def _configuration(folder: Path, port: int, environment: Mapping[str, str]) -> str:
    # A session has a login environment of its own; these keep the test's isolation.
    given = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | dict(environment)
    variables = " ".join(f'"{name}={value}"' for name, value in given.items())
    return f"""
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
SetEnv {variables}
"""


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        return connection.recv(4) == b"SSH-"
    return False
