"""What BuildKit sends of a context with the given ignore file."""

from __future__ import annotations

from typing import Any

from buildtool.core.build.ignorefile import IgnoreFileError, parse, sent


def answer(row: dict[str, Any]) -> dict[str, Any]:
    """`{id, sent}`, or `{id, error}` where BuildKit refuses the file."""
    try:
        rules = parse(row["dockerignore"].encode("utf-8", "surrogateescape"))
        return {"id": row["id"], "sent": sent(rules, row["paths"])}
    except IgnoreFileError as error:
        return {"id": row["id"], "error": str(error)}
