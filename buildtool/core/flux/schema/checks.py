"""One value against the limits of its schema, in the API server's words; "" for a value that it takes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from buildtool.core.flux.schema.values import json_type, shown

if TYPE_CHECKING:
    from buildtool.core.flux.schema.catalog import Schema
    from buildtool.core.yaml.node import Node

_LONGEST = 1_000  # characters that are compared with a pattern; every pattern here is of one short line


def wrong_type(node: Node, schema: Schema, field: str) -> str:
    """`spec.interval` is an integer and must be a string."""
    wanted, found = schema["type"], json_type(node)
    if wanted in ("any", found) or (wanted == "integer" and found == "number" and node.text.endswith(".0")):
        return ""
    return f'Invalid value: "{found}": {field} in body must be of type {wanted}: "{found}"'


def wrong_value(node: Node, schema: Schema, field: str) -> str:
    """Enum, pattern and limits, of a value whose type is right."""
    if "enum" in schema and node.text not in schema["enum"]:
        values = ", ".join(f'"{value}"' for value in schema["enum"])
        return f"Unsupported value: {shown(node)}: supported values: {values}"
    kind = schema["type"]
    if kind == "string":
        return _text(node, schema, field)
    if kind == "integer":
        return _number(node, schema, field)
    return _count(len(node.items), schema) if kind == "array" else ""


def _text(node: Node, schema: Schema, field: str) -> str:
    length = len(node.text)
    if length < schema.get("minLength", 0):
        return f'Invalid value: "{node.text}": {field} in body should be at least {schema["minLength"]} chars long'
    if length > schema.get("maxLength", length):
        return f"Too long: may not be more than {schema['maxLength']} bytes"
    pattern = schema.get("pattern")
    if pattern is None or length > _LONGEST or _compiled(pattern).search(node.text) is not None:
        return ""
    return f"Invalid value: {shown(node)}: {field} in body should match '{pattern}'"


def _number(node: Node, schema: Schema, field: str) -> str:
    value = node.plain()
    if not isinstance(value, int):
        return ""
    if value < schema.get("minimum", value):
        return f"Invalid value: {value}: {field} in body should be greater than or equal to {schema['minimum']}"
    if value > schema.get("maximum", value):
        return f"Invalid value: {value}: {field} in body should be less than or equal to {schema['maximum']}"
    return ""


def _count(count: int, schema: Schema) -> str:
    if count > schema.get("maxItems", count):
        return f"Too many: {count}: must have at most {schema['maxItems']} items"
    if count < schema.get("minItems", 0):
        return f"Invalid value: {count}: should have at least {schema['minItems']} items"
    return ""


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern with Go's meaning of `$`, the end of the text; those of the CRDs need nothing else of Go's."""
    return re.compile(f"{pattern[:-1]}\\Z" if pattern.endswith("$") else pattern, re.ASCII)
