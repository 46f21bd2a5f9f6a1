"""A server process for the time of a test."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_START_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(argv: Sequence[str], url: str, log: Path, *, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run the server until the block ends; inside, it answers at `url` (any status)."""
    with log.open("wb") as out:
        child = subprocess.Popen(list(argv), stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=env)
        try:
            wait_for(url, child, log)
            yield
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def wait_for(url: str, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    with httpx.Client(verify=False, trust_env=False, timeout=2.0) as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                client.get(url)
                return
            if child.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{child.args!r} does not answer at {url}:\n{said}")
            time.sleep(0.05)
