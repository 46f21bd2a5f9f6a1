"""What to write instead of what the API server refuses, where that can be told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.text.suggestions import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from buildtool.core.flux.schema.catalog import Schema
    from buildtool.core.yaml.node import Node

_SCP = re.compile(r"(?:[\w.-]+@)?[\w.-]+\.[\w.-]+:[^/].*")
_AMOUNT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*")
_SECONDS = {"second": "s", "sec": "s", "s": "s", "minute": "m", "min": "m", "m": "m", "hour": "h", "hr": "h", "h": "h"}
_HOURS = {"d": 24, "day": 24, "w": 168, "week": 168}


def meant(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, or ""."""
    return next(iter(nearest(name, known)), "")


def homes(name: str, schema: Schema, path: str = "") -> Iterator[str]:
    """The paths of the objects in a schema that have a field of this name; those of lists and maps are left out."""
    for field, below in schema.get("fields", {}).items():
        if field == name:
            yield path
        yield from homes(name, below, f"{path}.{field}" if path else field)


def for_value(node: Node, schema: Schema) -> str:
    """A value that the schema takes, as close as possible to the one that is there."""
    if "enum" in schema:
        value = meant(node.text, schema["enum"])
        return f"write {value}" if value else f"write one of {', '.join(schema['enum'])}"
    pattern = schema.get("pattern", "")
    if "ms|s|m" in pattern:
        return _duration(node.text)
    if "://" in pattern and _SCP.fullmatch(node.text):
        host, _, path = node.text.partition(":")
        return f"write ssh://{host if '@' in host else f'git@{host}'}/{path}"
    if schema["type"] == "string" and node.kind in ("bool", "int", "float"):
        return f'put the value into quotes: "{node.text}"'
    if schema["type"] in ("boolean", "integer") and node.kind == "str":
        return f"write {node.text} without quotes" if node.style else f"write a {schema['type']}"
    return ""


def _duration(text: str) -> str:
    found = _AMOUNT.fullmatch(text)
    unit = found[2].lower() if found is not None else ""
    unit = unit.removesuffix("s") if len(unit) > 1 else unit
    if found is not None and not unit:
        return f"write the unit: {found[1]}s, {found[1]}m or {found[1]}h"
    if found is not None and unit in _SECONDS:
        return f"write {found[1]}{_SECONDS[unit]}"
    if found is not None and unit in _HOURS and found[1].isdigit() and len(found[1]) <= _DIGITS:
        return f"write {int(found[1]) * _HOURS[unit]}h: hours are the largest unit"
    return "write numbers with a unit (ms, s, m, h): 30s, 5m, 1h30m"


_DIGITS = 4
