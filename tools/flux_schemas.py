"""`python -m tools.flux_schemas CRDS`: write the reduced schemas of Flux's kinds from a folder of its CRD files.

CRDS holds the CRDs of the controllers in any subfolders, and VERSIONS.txt with one line `CONTROLLER: VERSION …` each.
The result, one Python module for each kind, is data: it is loaded when the first object of its kind is met.

A reduced schema keeps what makes the API server refuse an object and drops what it does not need for that:
descriptions, `status` (a subresource, which an apply cannot set) and the meaning of lists. It is a dict of:

type       string, integer, boolean, object, array or any
fields     of an object: name -> schema; an object without fields and without values takes nothing
values     of an object: the schema of the values of a map
required   names that must be there; a name with a default is always there
items      of an array
default    what the API server writes where the field is absent
enum, pattern, minLength, maxLength, minItems, maxItems, minimum, maximum
rules      [(CEL rule, message)] of x-kubernetes-validations
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

FLUX = "2.9"  # the Flux whose controllers the CRDs are of; raise it with them
TARGET = Path(__file__).parents[1] / "buildtool" / "core" / "flux" / "schema" / "crds"
_WIDTH = 90  # of a literal in one line, without its key
_KEPT = ("default", "enum", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum")
_DROPPED = {
    "description",
    "type",
    "format",  # int64 and date-time; dates are only in status
    "properties",
    "required",
    "items",
    "additionalProperties",
    "x-kubernetes-validations",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-list-type",  # how lists are merged
    "x-kubernetes-list-map-keys",
    "x-kubernetes-map-type",
}


def reduced(schema: dict[str, Any]) -> dict[str, Any]:
    """The reduced form of one openAPIV3Schema; raises ValueError for a keyword that it does not know."""
    unknown = set(schema) - set(_KEPT) - _DROPPED
    if unknown:
        raise ValueError(f"keywords that the reduced form does not have: {', '.join(sorted(unknown))}")
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return {"type": "any"}
    found: dict[str, Any] = {"type": schema.get("type", "any")}
    found.update({key: schema[key] for key in _KEPT if key in schema})
    if found["type"] == "object":
        found.update(_object(schema))
    if "items" in schema:
        found["items"] = reduced(schema["items"])
    rules = [(" ".join(rule["rule"].split()), rule.get("message", "")) for rule in _rules(schema)]
    return found | ({"rules": rules} if rules else {})


def _object(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    properties = schema.get("properties", {})
    if properties:
        found["fields"] = {name: reduced(field) for name, field in properties.items()}
    required = [name for name in schema.get("required", ()) if "default" not in properties.get(name, {})]
    if required:
        found["required"] = required
    if isinstance(schema.get("additionalProperties"), dict):
        found["values"] = reduced(schema["additionalProperties"])
    return found


def _rules(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The validations; raises ValueError for one that needs more than the rule and its message."""
    rules: list[dict[str, Any]] = schema.get("x-kubernetes-validations", [])
    for rule in rules:
        if set(rule) - {"rule", "message", "reason", "fieldPath"} or "oldSelf" in rule["rule"]:
            raise ValueError(f"a validation that the reduced form does not have: {rule}")
    return rules


def kinds(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(group, kind, {served version: reduced schema of spec and other fields}) of each CRD below the folder."""
    for path in sorted(folder.rglob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if document:
                spec = document["spec"]
                yield spec["group"], spec["names"]["kind"], dict(_versions(spec))


def _versions(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for version in spec["versions"]:
        if version["served"]:
            schema = dict(version["schema"]["openAPIV3Schema"])
            own = {"apiVersion", "kind", "metadata", "status"}
            schema["properties"] = {name: field for name, field in schema["properties"].items() if name not in own}
            yield version["name"], reduced(schema)


def modules(folder: Path) -> dict[str, str]:
    """The text of each module to write, by file name."""
    versions = _controllers(folder / "VERSIONS.txt")
    table: dict[tuple[str, str], tuple[str, ...]] = {}
    files = {}
    for group, kind, served in kinds(folder):
        table[group, kind] = tuple(served)
        head = f'"""{kind} ({group}) of Flux {FLUX}; written by tools/flux_schemas.py."""'
        files[f"{kind.lower()}.py"] = f"{head}\n\nVERSIONS = {_literal(served)}\n"
    head = f'"""The reduced schemas of Flux {FLUX}, a module for each kind; written by tools/flux_schemas.py."""'
    files["__init__.py"] = f'{head}\n\nFLUX = "{FLUX}"\nCONTROLLERS = {_literal(versions)}\nKINDS = {_literal(table)}\n'
    return files


def _controllers(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([a-z-]+): (v[0-9.]+)", line) for line in lines)
    return {match[1]: match[2] for match in found if match is not None}


def _literal(value: Any, depth: int = 0) -> str:
    """Python's literal of the value: in one line where it fits, else one line for each part."""
    line = repr(value)
    if not isinstance(value, dict | list | tuple) or len(line) + depth <= _WIDTH:
        return line
    if isinstance(value, dict):
        parts = [f"{key!r}: {_literal(part, depth + 1)}" for key, part in value.items()]
    else:
        parts = [_literal(part, depth + 1) for part in value]
    indent = " " * (depth + 1)
    return f"{line[0]}\n" + "".join(f"{indent}{part},\n" for part in parts) + f"{indent[1:]}{line[-1]}"


def main(arguments: list[str]) -> int:
    """Write the modules, and remove those of kinds that are no more."""
    if len(arguments) != 1:
        sys.stderr.write(f"{(__doc__ or '').splitlines()[0]}\n")
        return 2
    files = modules(Path(arguments[0]))
    TARGET.mkdir(parents=True, exist_ok=True)
    for path in TARGET.glob("*.py"):
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        (TARGET / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
