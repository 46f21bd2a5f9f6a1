"""Harbor's way to say things."""

from __future__ import annotations

import json
from typing import Any

from tests.support.httpserver import Reply


def document(value: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, {"Content-Type": "application/json; charset=utf-8", **headers}, json.dumps(value).encode())


def error(status: int, code: str, message: str, **headers: str) -> Reply:
    return document({"errors": [{"code": code, "message": message}]}, status, **headers)
