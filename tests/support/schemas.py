"""JSON schemas of Kubernetes and Flux objects, closed: a field nobody knows is a mistake, as `kubectl` would say.

Flux's own CRDs are used where they lie beside the project; packaged models of Flux and Kubernetes otherwise.
"""

from __future__ import annotations

import functools
import importlib
from pathlib import Path
from typing import Any

import jsonschema
import yaml

CRDS = Path(__file__).parents[3] / "shared" / "crds"

Schema = dict[str, Any]

# The package has no v1 of these yet; v1 is v1beta2 without fields of `status` that v1 took away.
_STAND_IN = {("image", "v1"): "v1beta2"}
_KUBERNETES = {"": "core", "apps": "apps", "batch": "batch"}


def mistakes(document: dict[str, Any], schema: Schema) -> list[str]:
    """`path: message` of everything the schema does not allow; of alternatives, what is wrong with each."""
    errors = jsonschema.Draft202012Validator(schema).iter_errors(document)
    return [f"{leaf.json_path}: {leaf.message}" for error in errors for leaf in _leaves(error)]


def from_crds(api_version: str, kind: str) -> Schema | None:
    """The schema in the CRD; None for a kind that is not in `CRDS`."""
    group, _, version = api_version.rpartition("/")
    for spec in _crds():
        if (spec["group"], spec["names"]["kind"]) == (group, kind):
            served = {entry["name"]: entry["schema"] for entry in spec["versions"] if entry["served"]}
            assert version in served, f"{kind} is served as {sorted(served)}, not as {version}"
            schema: Schema = _closed(served[version]["openAPIV3Schema"])
            return schema
    return None


def packaged(api_version: str, kind: str) -> Schema | None:
    """The schema of the packaged model; None where the packages have no such kind."""
    group, _, version = api_version.rpartition("/")
    if group.endswith(".toolkit.fluxcd.io"):
        family = group.split(".")[0]
        name = f"cloudcoil.models.fluxcd.{family}.{_STAND_IN.get((family, version), version)}"
    elif "." not in group or group.endswith(".k8s.io"):
        name = f"cloudcoil.models.kubernetes.{_KUBERNETES.get(group, group.split('.')[0])}.{version}"
    else:
        return None
    model = getattr(importlib.import_module(name), kind)
    schema: Schema = _closed(model.model_json_schema(by_alias=True))
    for field in ("apiVersion", "kind"):  # literals of the stand-in's version
        schema["properties"][field] = {"type": "string"}
    return schema


def _leaves(error: jsonschema.ValidationError) -> list[jsonschema.ValidationError]:
    return [leaf for inner in error.context for leaf in _leaves(inner)] if error.context else [error]


@functools.cache
def _crds() -> list[dict[str, Any]]:
    return [
        document["spec"]
        for path in sorted(CRDS.rglob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
        if document
    ]


def _closed(schema: Any) -> Any:
    """A copy in which objects with known properties have no others, and integer-or-string is said in JSON schema."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    closed = {key: _closed(value) for key, value in schema.items()}
    is_object = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    if is_object and not schema.get("x-kubernetes-preserve-unknown-fields"):
        closed.setdefault("additionalProperties", False)
    return closed
