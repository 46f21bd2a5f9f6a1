"""Harbor's way to say things."""

from __future__ import annotations

import json
from typing import Any

from tests.support.httpserver import Reply

VERSION = {"Docker-Distribution-Api-Version": "registry/2.0"}


def document(value: Any, status: int = 200, **headers: str) -> Reply:
    """An answer of the API."""
    return Reply(status, {"Content-Type": "application/json", **headers}, json.dumps(value).encode())


def listed(values: list[Any]) -> Reply:
    return document(values, 200, **{"X-Total-Count": str(len(values))})


def v2_document(value: Any, headers: dict[str, str] | None = None) -> Reply:
    """An answer below `/v2/`."""
    return Reply(
        200, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, json.dumps(value).encode()
    )


def error(status: int, code: str, message: str, **headers: str) -> Reply:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Reply(status, {**kind, **headers}, errors([{"code": code, "message": message}]))


def errors(entries: list[dict[str, str]]) -> bytes:
    return json.dumps({"errors": entries}).encode()


def unauthorized(message: str, challenge: str) -> Reply:
    headers = {**VERSION, "Www-Authenticate": challenge}
    return error(401, "UNAUTHORIZED", message, **headers)


def forbidden() -> Reply:
    return error(403, "FORBIDDEN", "forbidden")


def no_path(path: str) -> Reply:
    return error(404, "NOT_FOUND", f"path {path} was not found")


def empty(status: int, **headers: str) -> Reply:
    return Reply(status, headers)


READ_ONLY = error(403, "DENIED", "The system is in read only mode. Any modification is prohibited.")
_DIAL = "`user=postgres database=registry`: 127.0.0.1:18432 (127.0.0.1): dial error: dial tcp 127.0.0.1:18432"
NO_DATABASE = f"failed to connect to {_DIAL}: connect: connection refused"
