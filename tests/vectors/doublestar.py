"""Which names a pattern takes, as Harbor's matcher would say."""

from __future__ import annotations

from typing import Any

from buildtool.core.registry.doublestar import PatternError, match


def answer(row: dict[str, Any]) -> dict[str, Any]:
    """`pattern` and `names` in, the `matches` among them out; a name on which the pattern is an error is none."""
    return {"id": row["id"], "matches": [name for name in row["names"] if _takes(row["pattern"], name)]}


def _takes(pattern: str, name: str) -> bool:
    try:
        return match(pattern, name)
    except PatternError:
        return False
