"""Small real HTTP servers on loopback, for what cannot be had: threads, keep-alive, any body a client may send."""

from __future__ import annotations

import contextlib
import threading
from abc import abstractmethod
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length", "date"}


@dataclass(frozen=True)
class Question:
    """One request, its body read whole. `target` is path and query as sent; header names are lower-case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.split("?", maxsplit=1)[0]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Handler(BaseHTTPRequestHandler):
    """Reads a request whole and hands it on; subclasses say what happens by `answer`."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True  # head and body are two writes: 40 ms each otherwise

    @abstractmethod
    def answer(self, question: Question) -> None:
        """Say what a subclass does with a request."""

    def handle_any(self) -> None:
        names = {key.lower() for key in self.headers}
        # docker sends one Accept for each type it takes; a list in one header means the same (RFC 9110, 5.3)
        headers = {name: ", ".join(self.headers.get_all(name, [])) for name in names}
        self.answer(Question(self.command, self.path, headers, self._body(headers)))

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815 -- names of the base class

    def reply(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for key, value in reply.headers.items():
            if key.lower() not in _HOP_BY_HOP:
                self.send_header(key, value)
        length = reply.headers.get("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer in HTTP also to what is none, such as a TLS greeting: that is how docker tells a server without TLS.

        The base class takes it for HTTP/0.9, which has no status line.
        """
        self.request_version = "HTTP/1.0"
        super().send_error(code, message, explain)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class's name
        """Say nothing: a test's output is pytest's."""

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(headers.get("content-length") or 0))
        parts: list[bytes] = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)


class Server(ThreadingHTTPServer):
    """Connections that break are what these tests are about: no traceback for them."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serve(answer: Callable[[Handler, Question], None], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve until the block ends, over TLS with a context; gives `127.0.0.1:port`."""

    class Bound(Handler):
        def answer(self, question: Question) -> None:
            answer(self, question)

    with Server(("127.0.0.1", 0), Bound) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def forward(host: str, question: Question, *, drop: frozenset[str] = frozenset()) -> Reply:
    """Ask the real server behind, without the headers in `drop`; `Host` stays as the client sent it."""
    connection = HTTPConnection(host, timeout=30)
    try:
        headers = {key: value for key, value in question.headers.items() if key not in _HOP_BY_HOP | drop}
        if question.body or question.method in ("PUT", "POST", "PATCH"):
            headers["content-length"] = str(len(question.body))
        connection.request(question.method, question.target, body=question.body or None, headers=headers)
        answer = connection.getresponse()
        return Reply(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()
