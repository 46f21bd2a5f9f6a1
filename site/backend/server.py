"""The backend: a small HTTP server that answers JSON.

    server.py            serve on port 3001 (PORT) until SIGTERM
    server.py --health   ask the running server; exit code 0 when it is healthy (the container's health check)

GET /api/health    {"status", "version", "revision", "uptime_seconds"}: what runs, as told at build time
GET /api/projects  [{"name", "summary"}, …]

Standard library only. SIGTERM finishes the requests under way, then ends with 0.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PORT = int(os.environ.get("PORT", "3001"))
_PROJECTS = Path(__file__).with_name("projects.json")
_IDLE_SECONDS = 5.0  # how long a silent connection may hold up a stop
_HEALTH_SECONDS = 3.0


class Server(ThreadingHTTPServer):
    """Holds what the answers are made of. A thread for each connection; closing waits for them."""

    daemon_threads = False

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, Handler)
        self.started = time.monotonic()
        self.stopping = False
        self.projects = json.loads(_PROJECTS.read_text(encoding="utf-8"))

    def health(self) -> dict[str, Any]:
        return {
            "status": "ok",
            "version": os.environ.get("SITE_VERSION", "dev"),
            "revision": os.environ.get("SITE_REVISION", "unknown"),
            "uptime_seconds": round(time.monotonic() - self.started),
        }

    def stop(self) -> None:
        """From a thread of its own: shutdown() waits for serve_forever(), which a signal handler interrupts."""
        self.stopping = True
        threading.Thread(target=self.shutdown).start()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "website"
    sys_version = ""
    timeout = _IDLE_SECONDS
    server: Server

    def do_GET(self) -> None:
        match urlsplit(self.path).path.rstrip("/"):
            case "/api/health":
                self._answer(HTTPStatus.OK, self.server.health())
            case "/api/projects":
                self._answer(HTTPStatus.OK, self.server.projects)
            case _:
                self._answer(HTTPStatus.NOT_FOUND, {"error": "there is nothing at this address"})

    def do_HEAD(self) -> None:
        self.do_GET()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Also what http.server itself refuses is answered as JSON, and the connection closed."""
        self.close_connection = True
        self._answer(HTTPStatus(code), {"error": message or explain or HTTPStatus(code).phrase})

    def _answer(self, status: HTTPStatus, value: object) -> None:
        body = (json.dumps(value) + "\n").encode()
        self.close_connection = self.close_connection or self.server.stopping
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002 -- http.server's
        status = code.value if isinstance(code, HTTPStatus) else code
        self._log({"request": self.requestline, "status": status})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- http.server's signature
        self._log({"message": format % args})

    def _log(self, fields: dict[str, Any]) -> None:
        line = {"time": self.log_date_time_string(), "client": self.client_address[0], **fields}
        print(json.dumps(line), flush=True)


def serve() -> None:
    with Server(("", PORT)) as server:
        signal.signal(signal.SIGTERM, lambda _signal, _frame: server.stop())
        signal.signal(signal.SIGINT, lambda _signal, _frame: server.stop())
        print(json.dumps({"message": f"listening on port {server.server_port}", **server.health()}), flush=True)
        server.serve_forever()
    print(json.dumps({"message": "stopped"}), flush=True)


def healthy() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=_HEALTH_SECONDS)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    if sys.argv[1:] == ["--health"]:
        sys.exit(0 if healthy() else 1)
    serve()
