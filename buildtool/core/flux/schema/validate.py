"""An object of Flux's APIs -> why the API server would refuse it.

What is unknown before Flux runs (variables, encrypted values, templates of other tools) is not judged, nor is a kind or
version that is not packaged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from buildtool.core.flux.schema import catalog, checks, fixes
from buildtool.core.flux.schema.cel import UNKNOWN, holds
from buildtool.core.flux.schema.problem import Cause, Problem
from buildtool.core.flux.schema.values import is_open, is_unknown
from buildtool.core.yaml.node import Shape
from buildtool.errors.findings import Place

if TYPE_CHECKING:
    from buildtool.core.flux.objects import Object
    from buildtool.core.flux.schema.catalog import Schema
    from buildtool.core.yaml.node import Node

_MOST = 20  # problems of one object; the rest of a file that is something else is noise
_NOT_APPLIED = {
    "config.kubernetes.io/local-config": ("true",),
    "kustomize.toolkit.fluxcd.io/reconcile": ("disabled",),
    "kustomize.toolkit.fluxcd.io/ssa": ("Ignore", "ignore"),
}


def validate(item: Object) -> list[Problem]:
    """The problems of one object, by place; none for an object that no API server will see as it is here."""
    if item.patched or is_unknown(item.root) or _is_patch(item) or not _is_applied(item):
        return []
    schema = catalog.find(item.api_version, item.kind)
    if schema is None:
        return _unknown_kind(item)
    walk = _Walk(item.path, schema)
    walk.map(item.root, schema, "")
    return _one_for_each_cause(walk.problems)[:_MOST]


def _is_patch(item: Object) -> bool:
    return any(key.text.startswith("$") for key, _ in item.root.pairs)


def _is_applied(item: Object) -> bool:
    annotations = item.root.get("metadata", "annotations")
    if annotations is None:
        return True
    return not any(annotations.string(name) in values for name, values in _NOT_APPLIED.items())


def _unknown_kind(item: Object) -> list[Problem]:
    """A kind that is a slip for one of the same API: `ImagePolice`."""
    group, _, version = item.api_version.rpartition("/")
    known = catalog.kinds(group, version)
    near = fixes.meant(item.kind, known)
    if not near or item.kind in known or is_unknown(item.root.get("kind") or item.root):
        return []
    message = f'no matches for kind "{item.kind}" in version "{item.api_version}"'
    return [Problem(Cause.UNKNOWN_KIND, "kind", message, f"write {near}", item.at(item.root.get("kind") or item.root))]


def _one_for_each_cause(found: list[Problem]) -> list[Problem]:
    """A field that is misspelled or misplaced is not missing as well."""
    named = {problem.name for problem in found if problem.cause is Cause.UNKNOWN_FIELD}
    meant = {problem.fix.removeprefix("write ") for problem in found if problem.cause is Cause.UNKNOWN_FIELD}
    kept = [p for p in found if p.cause is not Cause.ABSENT or p.name not in named | meant]
    return sorted(kept, key=lambda problem: (problem.place, problem.field))


class _Walk:
    """Compares an object with its schema, from the outside in; the parser bounds how deep it is."""

    def __init__(self, path: str, root: Schema) -> None:
        self.path = path
        self.root = root
        self.problems: list[Problem] = []

    def add(self, cause: Cause, field: str, message: str, fix: str, node: Node) -> None:
        self.problems.append(Problem(cause, field, message, fix, Place(self.path, node.line, node.column)))

    def value(self, node: Node, schema: Schema, field: str) -> None:
        """Any value; null is not judged here (the API server drops it)."""
        node = node.real
        if schema["type"] == "any" or node.kind == "null" or is_unknown(node):
            return
        message = checks.wrong_type(node, schema, field)
        if message:
            self.add(Cause.TYPE, field, message, fixes.for_value(node, schema), node)
            return
        message = checks.wrong_value(node, schema, field)
        if message:
            self.add(Cause.VALUE, field, message, fixes.for_value(node, schema), node)
        if node.shape is Shape.MAP:
            self.map(node, schema, field)
        elif node.shape is Shape.SEQ and "items" in schema:
            for number, item in enumerate(node.items):
                self.value(item, schema["items"], f"{field}[{number}]")

    def map(self, node: Node, schema: Schema, field: str) -> None:
        """The keys of a map, its fields, and its rules where everything else is right."""
        before = len(self.problems)
        fields, values = schema.get("fields", {}), schema.get("values")
        for key, value in node.pairs:
            name = key.text
            below = fields.get(name, values)
            if below is not None:
                self.value(value, below, f"{field}.{name}" if field else name)
            elif not (name.startswith(("<<", "$")) or is_unknown(key)):
                self._unknown_field(key, schema, field)
        if is_open(node):
            return
        for name in schema.get("required", ()):
            if not _is_there(node, name):
                self._absent(node, name, field)
        if all(problem.cause is Cause.UNKNOWN_FIELD for problem in self.problems[before:]):
            self._rules(node, schema, field)

    def _unknown_field(self, key: Node, schema: Schema, field: str) -> None:
        name = key.text
        places = list(fixes.homes(name, self.root))
        near = fixes.meant(name, schema.get("fields", {}))
        if name.lower() == near.lower() or (near and not places):
            fix = f"write {near}"
        elif len(places) == 1:
            fix = f"move it: {name} is a field of {places[0] or 'the object itself, beside metadata'}"
        else:
            fix = f"remove it; the fields here are {', '.join(schema.get('fields', {})) or 'none'}"
        self.add(Cause.UNKNOWN_FIELD, f"{field}.{name}".lstrip("."), "field not declared in schema", fix, key)

    def _absent(self, node: Node, name: str, field: str) -> None:
        whole = f"{field}.{name}" if field else name
        if whole == "metadata.name" and _is_there(node, "generateName"):
            return
        self.add(Cause.ABSENT, whole, "Required value", f"add {name}", node)

    def _rules(self, node: Node, schema: Schema, field: str) -> None:
        for rule, message in schema.get("rules", ()):
            if holds(rule, _plain(node, schema)) is False:
                self.add(Cause.RULE, field, f'Invalid value: "object": {message}', "", node)


def _is_there(node: Node, name: str) -> bool:
    value = node.get(name)
    return value is not None and value.kind != "null"


def _plain(node: Node, schema: Schema) -> Any:
    """The value as a rule sees it: with defaults, without nulls, UNKNOWN for what is not known."""
    node = node.real
    if is_unknown(node):
        return UNKNOWN
    if node.shape is Shape.SEQ:
        return node.items
    if node.shape is not Shape.MAP:
        return node.plain()
    fields = schema.get("fields", {})
    found = {name: field["default"] for name, field in fields.items() if "default" in field}
    for key, value in node.pairs:
        if value.real.kind != "null":
            below = fields.get(key.text, {})
            found[key.text] = UNKNOWN if below.get("type") == "any" else _plain(value, below)
    return found
