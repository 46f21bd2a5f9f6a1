"""The HTTP server (uvicorn) around an ASGI application, ended by a signal."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from typing import TYPE_CHECKING, Any

import uvicorn

from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST_CONNECTIONS = 256  # each may hold a body of 64 KiB: 16 MiB at most
_BACKLOG = 2048
_GRACE_SECONDS = 10


class _Server(uvicorn.Server):
    """Without uvicorn's own signal handlers, which raise the signal again at the end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """Listens as soon as it is made; port 0 is any free one. Raises usage where the address cannot be had."""

    def __init__(self, app: Any, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._socket = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        except OSError as error:
            message = f"{host} port {port} cannot be listened on: {error.strerror or error}"
            raise BuildtoolError(USAGE, message, fix="name another one: --port PORT") from error
        self._config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )

    @property
    def address(self) -> str:
        """`http://host:port`."""
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def run(self, ending: Callable[[], None]) -> None:
        """Serve until INT, TERM or HUP comes; `ending` is then called, and requests under way are answered."""
        asyncio.run(self._serve(ending))

    def close(self) -> None:
        """Listen no more; for a server that was never run."""
        self._socket.close()

    async def _serve(self, ending: Callable[[], None]) -> None:
        server, loop = _Server(self._config), asyncio.get_running_loop()

        def end() -> None:
            if not server.should_exit:
                server.should_exit = True
                ending()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, end)
        await server.serve(sockets=[self._socket])
