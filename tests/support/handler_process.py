"""`buildtool rollback-handler` as a real process, spoken to over HTTP."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx

from tests.support.alerted_site import KEY, signature

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SECONDS = 90.0
_POLL = 0.05


class HandlerProcess:
    """Started with `start`; `decisions` are the JSON lines of its log so far."""

    def __init__(self, folder: Path, remote: str, *options: str, variables: Mapping[str, str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        key = folder / "key"
        key.write_bytes(KEY)
        self._argv = [sys.executable, "-m", "buildtool", "rollback-handler", "--remote", remote]
        self._argv += ["--key-file", str(key), "--host", "127.0.0.1", "--port", "0", "--work", str(folder / "work")]
        self._argv += options
        self._variables = dict(variables or {})
        self._starts = 0
        self.child: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start(self, *, ready: bool = True) -> None:
        self._starts += 1
        out, err = self.folder / "out.log", self.folder / f"err-{self._starts}.log"
        with out.open("ab") as stdout, err.open("wb") as stderr:
            self.child = subprocess.Popen(
                self._argv,
                cwd=self.folder,
                env={**os.environ, **self._variables},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        found = self.wait(lambda: re.search(r"listening on (http://\S+)", err.read_text(encoding="utf-8")))
        self.address = found[1]
        if ready:
            self.wait(lambda: self.get("/readyz").status_code == 200)

    def wait(self, condition: Any) -> Any:
        """What the condition gives, as soon as it is true; fails when the process ends or nothing comes of it."""
        until = time.monotonic() + _SECONDS
        while not (found := condition()):
            assert time.monotonic() < until, self.log
            assert self.child is not None
            assert self.child.poll() is None, self.log
            time.sleep(_POLL)
        return found

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address + path, timeout=30)

    def send(self, body: bytes, header: str | None = None) -> httpx.Response:
        """An alert with its signature, or with another header ("" for none)."""
        headers = {"Content-Type": "application/json", "Gotk-Component": "kustomize-controller"}
        value = signature(body) if header is None else header
        return httpx.post(self.address, content=body, headers=headers | ({"X-Signature": value} if value else {}))

    def decide(self, body: bytes) -> list[dict[str, Any]]:
        """Send an alert that will be judged, and wait for what is decided about it."""
        before = len(self.decisions)
        assert self.send(body).status_code == 202
        self.wait(lambda: len(self.decisions) > before)
        self.settle()
        return self.decisions[before:]

    def settle(self) -> None:
        """Wait until nothing waits any more."""
        self.wait(lambda: "waiting_alerts 0" in self.get("/metrics").text)

    @property
    def decisions(self) -> list[dict[str, Any]]:
        text = (self.folder / "out.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    @property
    def log(self) -> str:
        return "\n".join(file.read_text(encoding="utf-8") for file in sorted(self.folder.glob("*.log")))

    def kill(self) -> None:
        assert self.child is not None
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def end(self, seconds: float = 60.0) -> int:
        """SIGTERM; the exit code."""
        assert self.child is not None
        with contextlib.suppress(ProcessLookupError):
            self.child.send_signal(signal.SIGTERM)
        return self.child.wait(seconds)


@contextlib.contextmanager
def handling(
    folder: Path, remote: str, *options: str, variables: Mapping[str, str] | None = None
) -> Iterator[HandlerProcess]:
    """Started and ready; stopped at the end of the block."""
    process = HandlerProcess(folder, remote, *options, variables=variables)
    try:
        process.start()
        yield process
    finally:
        if process.child is not None:
            process.end()
