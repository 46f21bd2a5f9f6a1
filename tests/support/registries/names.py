"""Public names on loopback: an HTTP proxy that a client is told of by HTTPS_PROXY, and that reaches stand-ins only.

So a client uses `docker.io` as anybody does, certificates included, and nothing leaves this machine.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PIECE = 65536


@dataclass
class Names:
    """`places` maps `name:port` to the address of the stand-in; `asked` is every name that somebody wanted."""

    places: Mapping[str, str]
    address: str = ""
    asked: list[str] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        return {"HTTPS_PROXY": f"http://{self.address}", "HTTP_PROXY": f"http://{self.address}"}


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    names: Names


class _Tunnel(StreamRequestHandler):
    server: _Server
    timeout: ClassVar[int] = 60

    def handle(self) -> None:
        method, target, _ = self.rfile.readline().decode("latin-1").split(" ", 2)
        while self.rfile.readline().strip():
            pass
        self.server.names.asked.append(target)
        place = self.server.names.places.get(target) if method == "CONNECT" else None
        if place is None:
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        host, _, port = place.rpartition(":")
        with socket.create_connection((host, int(port)), 10) as there, contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _splice(self.connection, there)


def _splice(one: socket.socket, other: socket.socket) -> None:
    """Pass on what either says until one of them has ended."""
    ways = {one: other, other: one}
    while True:
        ready, _, _ = select.select(list(ways), [], [], 60)
        for end in ready:
            piece = end.recv(_PIECE)
            if not piece:
                return
            ways[end].sendall(piece)
        if not ready:
            return


@contextlib.contextmanager
def names(places: Mapping[str, str]) -> Iterator[Names]:
    """Serve until the block ends."""
    with _Server(("127.0.0.1", 0), _Tunnel) as server:
        server.names = Names(places, f"127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.names
        finally:
            server.shutdown()
            thread.join()
