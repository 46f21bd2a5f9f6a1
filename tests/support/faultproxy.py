"""A proxy with real sockets in front of a registry, that does one thing wrong at one request."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tests.support.httpserver import Reply, forward, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.httpserver import Handler, Question

STALL_SECONDS = 60.0
HUGE_BYTES = 100 << 20
WRONG = f"sha256:{'d' * 64}"


class Fault(StrEnum):
    INTERNAL = "500"
    BAD_GATEWAY = "502"
    BUSY = "429"
    BUSY_WAIT = "429 with Retry-After"
    RESET_BEFORE = "reset before the request reached the registry"
    RESET_AFTER = "reset after the registry did it"
    TRUNCATED = "half an answer"
    WRONG_DIGEST = "another digest"
    STALL = "no answer for 60 s"
    GARBAGE = "garbage JSON"
    HUGE = "100 MB"


@dataclass
class FaultProxy:
    """`fault` happens at the requests numbered from `at` (the first is 1) up to, not including, `at + times`.

    `stall` is how many seconds a stall lasts before the connection is closed.
    """

    upstream: str
    fault: Fault
    at: int
    times: int = 1
    stall: float = STALL_SECONDS
    host: str = ""
    asked: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, handler: Handler, question: Question) -> None:
        with self._lock:
            self.asked.append(f"{question.method} {question.target}")
            number = len(self.asked)
        if self.at <= number < self.at + self.times:
            _FAULTS[self.fault](self, handler, question)
        else:
            handler.reply(forward(self.upstream, question))


@contextlib.contextmanager
def faulty(
    upstream: str, fault: Fault, *, at: int, times: int = 1, stall: float = STALL_SECONDS
) -> Iterator[FaultProxy]:
    """In front of the plain-HTTP registry at `upstream` (host:port)."""
    proxy = FaultProxy(upstream, fault, at, times, stall)
    with serve(proxy.answer) as host:
        proxy.host = host
        try:
            yield proxy
        finally:
            proxy.closing.set()


def _status(status: int, headers: dict[str, str]) -> Callable[[FaultProxy, Handler, Question], None]:
    def answer(_proxy: FaultProxy, handler: Handler, _question: Question) -> None:
        handler.reply(Reply(status, {"Content-Type": "text/plain", **headers}, b"no luck"))

    return answer


def _reset_before(_proxy: FaultProxy, handler: Handler, _question: Question) -> None:
    # lingering for 0 seconds makes the close a reset instead of an orderly end
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def _reset_after(proxy: FaultProxy, handler: Handler, question: Question) -> None:
    forward(proxy.upstream, question)
    _reset_before(proxy, handler, question)


def _truncated(proxy: FaultProxy, handler: Handler, question: Question) -> None:
    """Half of the body; half of the head where there is no body."""
    reply = forward(proxy.upstream, question)
    if reply.body and question.method != "HEAD":
        head = f"HTTP/1.1 {reply.status} OK\r\nContent-Length: {len(reply.body)}\r\n\r\n".encode()
        handler.wfile.write(head + reply.body[: len(reply.body) // 2])
    else:
        handler.wfile.write(f"HTTP/1.1 {reply.status} OK\r\nDocker-Con".encode())
    handler.wfile.flush()
    handler.close_connection = True


def _wrong_digest(proxy: FaultProxy, handler: Handler, question: Question) -> None:
    """The header tells another digest; a body without such a header is not the one asked for."""
    reply = forward(proxy.upstream, question)
    headers = {key: value for key, value in reply.headers.items() if key.lower() != "docker-content-digest"}
    handler.reply(Reply(reply.status, {**headers, "Docker-Content-Digest": WRONG}, reply.body.swapcase()))


def _stall(proxy: FaultProxy, handler: Handler, _question: Question) -> None:
    proxy.closing.wait(proxy.stall)
    handler.close_connection = True


def _huge(_proxy: FaultProxy, handler: Handler, question: Question) -> None:
    handler.close_connection = True
    handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: {HUGE_BYTES}\r\n\r\n".encode())
    if question.method != "HEAD":
        chunk = b" " * (1 << 20)
        for _ in range(HUGE_BYTES // len(chunk)):
            handler.wfile.write(chunk)


def _garbage(_proxy: FaultProxy, handler: Handler, _question: Question) -> None:
    handler.reply(Reply(200, {"Content-Type": "application/json"}, b'{"tags": ["a", \xff\x00'))


_FAULTS: dict[Fault, Callable[[FaultProxy, Handler, Question], None]] = {
    Fault.INTERNAL: _status(500, {}),
    Fault.BAD_GATEWAY: _status(502, {}),
    Fault.BUSY: _status(429, {}),
    Fault.BUSY_WAIT: _status(429, {"Retry-After": "2"}),
    Fault.RESET_BEFORE: _reset_before,
    Fault.RESET_AFTER: _reset_after,
    Fault.TRUNCATED: _truncated,
    Fault.WRONG_DIGEST: _wrong_digest,
    Fault.STALL: _stall,
    Fault.GARBAGE: _garbage,
    Fault.HUGE: _huge,
}
