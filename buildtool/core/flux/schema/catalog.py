"""The reduced schema of a kind and version; each kind is loaded when it is first asked for."""

from __future__ import annotations

import importlib
from typing import Any

from buildtool.core.flux.schema.crds import KINDS

Schema = dict[str, Any]

_NAME = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
_LABEL = r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"
_ANY: Schema = {"type": "any"}
METADATA: Schema = {
    "type": "object",
    "fields": {
        "name": {"type": "string", "pattern": _NAME, "maxLength": 253},
        "generateName": {"type": "string"},
        "namespace": {"type": "string", "pattern": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 63},
        "labels": {"type": "object", "values": {"type": "string", "pattern": _LABEL, "maxLength": 63}},
        "annotations": {"type": "object", "values": {"type": "string"}},
        "finalizers": {"type": "array", "items": {"type": "string"}},
        **dict.fromkeys(("creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"), _ANY),
        **dict.fromkeys(("generation", "managedFields", "ownerReferences", "resourceVersion"), _ANY),
        **dict.fromkeys(("selfLink", "uid"), _ANY),
    },
    "required": ["name"],
}
_TOP = {"apiVersion": _ANY, "kind": _ANY, "metadata": METADATA, "status": _ANY, "sops": _ANY}


def find(api_version: str, kind: str) -> Schema | None:
    """The schema of the whole object; None for a kind or version that is not packaged.

    `status` is not looked at (an apply cannot set it), nor is what SOPS adds and Flux removes.
    """
    group, _, version = api_version.rpartition("/")
    if version not in KINDS.get((group, kind), ()):
        return None
    module = importlib.import_module(f"buildtool.core.flux.schema.crds.{kind.lower()}")
    found: Schema = module.VERSIONS[version]
    return {**found, "fields": {**_TOP, **found["fields"]}, "required": ["metadata"]}


def kinds(group: str, version: str) -> list[str]:
    """The names of the kinds of an API group that are packaged in this version."""
    return [kind for (its_group, kind), versions in KINDS.items() if its_group == group and version in versions]
