"""A real buildkitd as a process, and a `remote` builder on it: the drivers that push by digest."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from typing import TYPE_CHECKING

from tests.support.gotools import go_tool
from tests.support.need import need

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_START_SECONDS = 60.0


@contextlib.contextmanager
def remote_builder(
    folder: Path, engine: Mapping[str, str], outside: Mapping[str, str] | None = None
) -> Iterator[Mapping[str, str]]:
    """Variables that select the builder; buildx keeps its own state in a folder of the test's.

    `outside` are variables of the daemon and of who uses it: a proxy, a certificate.
    """
    need(os.geteuid() == 0, "buildkitd needs root (or user namespaces) to run")
    program = go_tool("buildkitd")
    address = f"unix://{folder}/buildkitd.sock"
    argv = [str(program), "--addr", address, "--root", str(folder / "root"), "--oci-worker-net", "host"]
    with (folder / "log").open("wb") as log:
        environment = {**os.environ, **(outside or {})}
        daemon = subprocess.Popen(argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)
        try:
            _wait(folder / "buildkitd.sock", daemon, folder / "log")
            variables = {
                **engine,
                **(outside or {}),
                "BUILDX_CONFIG": str(folder / "buildx"),
                "BUILDX_BUILDER": "remote",
            }
            create = ["docker", "buildx", "create", "--name", "remote", "--driver", "remote", address]
            subprocess.run(create, env={**os.environ, **variables}, check=True, capture_output=True)
            yield variables
        finally:
            daemon.terminate()
            daemon.wait(30)


def _wait(socket: Path, daemon: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not socket.exists():
        if daemon.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"buildkitd does not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)
