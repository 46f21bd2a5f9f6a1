"""The HTTP server: an address that is known before it serves, and one that cannot be had."""

from __future__ import annotations

import re
import socket

import pytest

from buildtool.adapters.web_server import WebServer
from buildtool.errors import USAGE, BuildtoolError


async def app(scope: object, receive: object, send: object) -> None:
    """Never asked."""


def test_any_free_port() -> None:
    server = WebServer(app, "127.0.0.1", 0)
    assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+", server.address)
    port = int(server.address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        pass
    with pytest.raises(BuildtoolError, match="cannot be listened on") as raised:
        WebServer(app, "127.0.0.1", port)
    assert raised.value.kind is USAGE
    server.close()


def test_a_name_that_is_none() -> None:
    with pytest.raises(BuildtoolError, match="cannot be listened on"):
        WebServer(app, "256.0.0.1", 0)
