"""Secrets that are known to a test, and everywhere they could come out."""

from __future__ import annotations

import base64
import gzip
import json
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, quote_plus
from uuid import uuid4

from tests.support.httpserver import Reply, forward

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.httpserver import Handler, Question

# What JSON, URLs, shells and HTTP write in another way.
ODD = '/+ &"\\$%='


def canary(name: str, *, odd: bool = True) -> str:
    """A secret nothing else can contain."""
    return f"c4nary-{name}-{uuid4().hex[:12]}{ODD if odd else ''}"


def forms(value: str) -> Iterator[str]:
    """A secret as it may be written, line by line."""
    for line in {value, *value.splitlines()}:
        data = line.encode()
        yield line
        yield json.dumps(line)[1:-1]
        yield from (quote(line), quote(line, safe=""), quote_plus(line))
        yield from (base64.b64encode(data).decode().rstrip("="), base64.urlsafe_b64encode(data).decode().rstrip("="))


def leaks(text: str, secrets: Iterable[str]) -> list[str]:
    """Every form of a secret that stands in the text."""
    return [form for secret in secrets for form in forms(secret) if form in text]


class ProcessWatch:
    """The arguments of every process that was seen while the block ran, in `seen`; in `git` the environments of git."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.git: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.is_set():
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit():
                    try:
                        words = (entry / "cmdline").read_bytes().split(b"\0")
                        self.seen.add(b" ".join(words).decode(errors="replace"))
                        if words[0].rpartition(b"/")[2] == b"git":
                            self.git.add((entry / "environ").read_bytes().decode(errors="replace"))
                    except OSError:
                        continue  # it has ended
            time.sleep(0.02)


class Echo:
    """In front of a server: at requests that `refuses` names, it answers with the caller's own credentials."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.refuses: tuple[str, ...] = ()
        self.echoed = 0

    def answer(self, handler: Handler, question: Question) -> None:
        request = f"{question.method} {question.target}"
        sent = question.headers.get("authorization", "")
        if sent and any(part in request for part in self.refuses):
            self.echoed += 1
            handler.reply(_echo(sent, request))
        else:
            handler.reply(forward(self.upstream, question))


def _echo(sent: str, request: str) -> Reply:
    scheme, _, value = sent.partition(" ")
    plain = base64.b64decode(value).decode() if scheme == "Basic" else value
    words = f"not with {sent}, that is {plain!r}, to {request}; header Authorization: {value}"
    body = json.dumps({"errors": [{"code": "DENIED", "message": words, "detail": plain}]}).encode()
    return Reply(403, {"Content-Type": "application/json", "X-You-Sent": quote(sent)}, body)


def stored(folder: Path) -> Iterator[tuple[Path, str]]:
    """What is on the disk in a folder, such as a registry's; layers unpacked."""
    for file in folder.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            yield file, (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("latin-1")
