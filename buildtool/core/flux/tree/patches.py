"""Patches of a kustomization: which objects each may change, and what it makes of a Flux object's YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.yaml.node import Node, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DEFAULT = "default"  # the namespace of an object that names none, for a selector
UNKNOWN = "${}"  # stands for a text that cannot be known offline: written like a variable, so it is treated as one


class Target(NamedTuple):
    """Which objects a patch is for; "" takes any. `doubtful` where labels or annotations decide."""

    group: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    doubtful: bool = False

    def takes(self, group: str, kind: str, names: Iterable[str], namespaces: Iterable[str]) -> bool:
        """Whether the patch may change an object; `names` and `namespaces` are all that the object has had so far."""
        return (
            (not self.group or _matches(self.group, group))
            and (not self.kind or _matches(self.kind, kind))
            and _matches_any(self.name, names)
            and _matches_any(self.namespace, (namespace or _DEFAULT for namespace in namespaces))
        )


class Patch(NamedTuple):
    """One patch: `body` is a map (merged in) or a sequence of JSON 6902 operations, None where it cannot be read."""

    target: Target
    body: Node | None

    @property
    def deletes(self) -> bool:
        """Whether it takes the whole object away."""
        return self.body is not None and self.body.string("$patch") == "delete"


def read_patch(body: Node | None, target: Node | None) -> Patch:
    """`target` is the map of that name; without one, a merge patch is for the object it names."""
    if target is not None and target.pairs:
        words = {key: target.string(key) for key in ("group", "kind", "name", "namespace")}
        doubtful = bool(target.string("labelSelector") or target.string("annotationSelector"))
        return Patch(Target(doubtful=doubtful, **words), body)
    if body is None or body.shape is not Shape.MAP:
        return Patch(Target(doubtful=True), body)
    group = body.string("apiVersion").rpartition("/")[0]
    return Patch(Target(re.escape(group), re.escape(body.string("kind")), re.escape(_name(body))), body)


def apply(root: Node, patches: Sequence[Patch]) -> Node | None:
    """The object after these patches; None where what becomes of it cannot be known."""
    for patch in patches:
        if patch.target.doubtful or patch.body is None:
            return None
        changed = (
            _operations(root, patch.body) if patch.body.shape is Shape.SEQ else _merged(root, _nameless(patch.body))
        )
        if changed is None:
            return None
        root = changed
    return root


def renamed(patch: Patch) -> tuple[bool, bool]:
    """Whether the patch may change the object's name, and its namespace."""
    if patch.body is None:
        return False, False
    paths = {operation.string("path") for operation in patch.body.real.items} if patch.body.items else set()
    whole = not paths.isdisjoint({"", "/", "/metadata"})
    return whole or "/metadata/name" in paths, whole or "/metadata/namespace" in paths


def _matches_any(pattern: str, texts: Iterable[str]) -> bool:
    return not pattern or any(_matches(pattern, text) or "${" in text for text in texts)


def _matches(pattern: str, text: str) -> bool:
    if pattern == text:
        return True
    if len(pattern) > 200:  # noqa: PLR2004 -- no selector is so long; a hostile one may take for ever
        return True
    if re.search(r"[+*}]\)?[+*{]", pattern):
        return True  # nested repeats: not tried
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:
        return True


def _name(body: Node) -> str:
    return body.string("metadata", "name")


def _merged(base: Node, patch: Node) -> Node | None:
    """A merge as kustomize does it for kinds it has no schema of: maps key by key, null removes, all else replaced.

    What comes from the patch gets the place of what it replaces: findings speak of the object's own file.
    """
    if patch.get("$patch") is not None:
        return None
    result = _copy(base)
    for key, value in patch.real.pairs:
        old = result.get(key.text)
        if value.real.kind == "null":
            result.pairs = [pair for pair in result.pairs if pair[0].text != key.text]
        elif old is not None and old.shape is Shape.MAP and value.real.shape is Shape.MAP:
            below = _merged(old, value.real)
            if below is None:
                return None
            _set(result, key, below)
        elif key.text not in ("apiVersion", "kind"):
            _set(result, key, _placed(value.real, old or base))
    return result


def _nameless(patch: Node) -> Node:
    """A merge patch without a name and a namespace: they say which object it is for, and change none."""
    metadata = patch.get("metadata")
    if metadata is None or metadata.shape is not Shape.MAP:
        return patch
    result, kept = _copy(patch), _copy(metadata)
    kept.pairs = [pair for pair in kept.pairs if pair[0].text not in ("name", "namespace")]
    result.pairs = [(key, kept if key.text == "metadata" else value) for key, value in result.pairs]
    return result


def _operations(root: Node, operations: Node) -> Node | None:
    """JSON 6902 operations on maps; None for what touches a sequence or is no such operation."""
    for operation in operations.items:
        one = operation.real
        parts = [part.replace("~1", "/").replace("~0", "~") for part in one.string("path").split("/")[1:]]
        value = one.get("value")
        if one.string("op") not in ("add", "replace", "remove") or not parts:
            return None
        changed = _at(root, parts, None if one.string("op") == "remove" else value, remove=one.string("op") == "remove")
        if changed is None:
            return None
        root = changed
    return root


def _at(node: Node, parts: list[str], value: Node | None, *, remove: bool) -> Node | None:
    if node.shape is not Shape.MAP or (value is None and not remove):
        return None
    result = _copy(node)
    old = result.get(parts[0])
    if len(parts) > 1:
        below = _at(old, parts[1:], value, remove=remove) if old is not None else None
        if below is None:
            return None
        _set(result, next(key for key, _ in result.pairs if key.text == parts[0]), below)
    elif remove:
        result.pairs = [pair for pair in result.pairs if pair[0].text != parts[0]]
    elif value is not None:
        key = Node(Shape.SCALAR, node.line, node.column)
        key.text = parts[0]
        _set(result, key, _placed(value, old or node))
    return result


def _set(node: Node, key: Node, value: Node) -> None:
    for number, (there, _) in enumerate(node.pairs):
        if there.text == key.text:
            node.pairs[number] = (there, value)
            return
    node.pairs.append((_placed(key, node), value))


def _copy(node: Node) -> Node:
    """The same map or scalar, with a list of pairs of its own."""
    real = node.real
    result = Node(real.shape, real.line, real.column, tag=real.tag)
    result.end_line, result.end_column = real.end_line, real.end_column
    result.style, result.flow = real.style, real.flow
    result.text, result.items, result.pairs = real.text, real.items, list(real.pairs)
    return result


def _placed(node: Node, place: Node) -> Node:
    """A copy of a value of another file, with every part at this place; the parser bounds its depth."""
    result = _copy(node)
    result.line, result.column, result.end_line, result.end_column = place.line, place.column, place.line, place.column
    result.pairs = [(_placed(key, place), _placed(value.real, place)) for key, value in result.pairs]
    result.items = [_placed(item.real, place) for item in result.items]
    return result
