"""The table of keys for editors (`buildtool.schema.json`) and for people (the tables in `docs/configuration.md`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from buildtool.config.environment import OTHERS, variable
from buildtool.config.schema import IMAGE, IMAGES, TABLES, TOP

if TYPE_CHECKING:
    from buildtool.config.schema import Key, Table

_ID = "https://raw.githubusercontent.com/ThePixelExpert/Professional-Website/master/buildtool.schema.json"


def json_schema() -> dict[str, Any]:
    """Draft 7, which the TOML plugins of editors read."""
    top = _object(TOP)
    top["properties"][IMAGES] = {
        "description": IMAGE.doc,
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": "^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$"},
        "additionalProperties": _object(IMAGE),
    }
    top["required"] = [*top["required"], IMAGES]
    top["properties"] |= {table.name: _object(table) for table in TABLES}
    return {"$schema": "http://json-schema.org/draft-07/schema#", "$id": _ID, "title": "buildtool.toml", **top}


def _object(table: Table) -> dict[str, Any]:
    required = [key.name for key in table.keys if key.required]
    described = {"description": table.doc} if table.doc else {}
    return {
        **described,
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: _property(key) for key in table.keys},
        **({"required": required} if required else {}),
    }


def _property(key: Key) -> dict[str, Any]:
    default = {} if key.required or key.default is None else {"default": key.default}
    return {"description": key.doc.replace("`", ""), **key.kind.schema, **default}


def reference() -> str:
    """Markdown: every key with its type, default, variable and meaning, then the variables that are no keys."""
    parts = [_section("At the top of the file", TOP, ()), _section("`[images.NAME]`", IMAGE, (IMAGES, "NAME"))]
    parts += [_section(f"`[{table.name}]`", table, (table.name,)) for table in TABLES]
    rows = "\n".join(f"| `{name}` | {doc} |" for name, doc in OTHERS.items())
    return "\n".join([*parts, f"### Variables that are no keys\n\n| variable | meaning |\n|---|---|\n{rows}\n"])


def _section(title: str, table: Table, path: tuple[str, ...]) -> str:
    rows = "\n".join(
        f"| `{key.name}` | {key.kind.name} | {_default(key)} | `{variable((*path, key.name))}` | {key.doc} |"
        for key in table.keys
    )
    doc = f"{table.doc}\n\n" if table.doc else ""
    return f"### {title}\n\n{doc}| key | type | default | variable | meaning |\n|---|---|---|---|---|\n{rows}\n"


def _default(key: Key) -> str:
    if key.required:
        return "required"
    return "unset" if key.default is None else f"`{json.dumps(key.default)}`"
