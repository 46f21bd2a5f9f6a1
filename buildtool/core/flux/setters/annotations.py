"""The annotations that kyaml adds to every document while Flux works on it, and what that changes in a file.

kyaml stores the path and the index of a document in its `metadata.annotations` and removes them when it writes. So a
document whose metadata cannot hold annotations is skipped, annotations of these names are lost, and an empty `metadata`
or `annotations` disappears.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.setters.commented_node import Kind, Node, Style
from buildtool.core.flux.setters.scalar_types import NULL, STR
from buildtool.core.flux.setters.unreadable_yaml import RunFailure, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERNAL = "internal.config.kubernetes.io/"
_PATHS = (_INTERNAL + "path", "config.kubernetes.io/path")
_IDS = (_INTERNAL + "id", "config.k8s.io/id")
_OWN = frozenset(
    {*_PATHS, _INTERNAL + "index", "config.kubernetes.io/index", _INTERNAL + "seqindent"}
    | {_INTERNAL + "annotations-migration-resource-id"}
)


def check_metadata(root: Node) -> None:
    """Raise Unreadable where kyaml cannot store annotations in the document: Flux skips the file then.

    kyaml drops an empty `annotations` and an empty `metadata` first, one of each where keys repeat.
    """
    if root.kind is not Kind.MAPPING:
        raise Unreadable(f"the document is a {root.kind.value}, not a mapping")
    every = _values(root, "metadata")
    if not every:
        return
    if every[0].kind is not Kind.MAPPING and every[0].tag != NULL:
        raise Unreadable("metadata is not a mapping")
    annotations = _without_first_empty(_values(every[0], "annotations"))
    if len(every[0].children) == 2 * (len(_values(every[0], "annotations")) - len(annotations)):
        every, annotations = every[1:], _values(every[1], "annotations") if len(every) > 1 else []
    if every and every[0].tag == NULL:
        raise RunFailure("the annotation formatting in the input resources is not consistent")
    if every and every[0].kind is not Kind.MAPPING:
        raise Unreadable("metadata is not a mapping")
    if annotations and annotations[0].kind is not Kind.MAPPING:
        raise Unreadable("metadata.annotations is not a mapping")


def _values(node: Node, name: str) -> list[Node]:
    return [value for key, value in node.pairs() if key.value == name] if node.kind is Kind.MAPPING else []


def _without_first_empty(values: list[Node]) -> list[Node]:
    first = next((index for index, value in enumerate(values) if not value.children), len(values))
    return values[:first] + values[first + 1 :]


def clean_metadata(root: Node, path: str | None) -> None:
    """Change a document as storing and removing the annotations does; raise RunFailure where it has contradicting ones.

    kyaml's annotations are removed, as is every empty `annotations` and `metadata`, before any marker is looked for. An
    id that is there under one of its two names is added under the other. `path` is what kyaml stores; None where it is
    not known.
    """
    metadata = root.get("metadata")
    if metadata is not None and metadata.kind is Kind.MAPPING:
        found = metadata.get("annotations")
        if found is not None and found.kind is Kind.MAPPING:
            _agree(found, path)
            _remove(found, lambda key, _: key.value in _OWN)
        _remove(metadata, lambda key, value: key.value == "annotations" and not value.children)
    _remove(root, lambda key, value: key.value == "metadata" and not value.children)


def _agree(found: Node, path: str | None) -> None:
    if path is not None and any(_value(found, name) not in ("", path) for name in _PATHS):
        raise RunFailure("resource input to function has mismatched legacy and internal path annotations")
    new, old = (_value(found, name) for name in _IDS)
    if new and old and new != old:
        raise RunFailure("resource input to function has mismatched legacy and internal id annotations")
    if bool(new) != bool(old) and path is not None:
        key = Node(Kind.SCALAR, value=_IDS[0] if old else _IDS[1])
        found.children += (key, Node(Kind.SCALAR, tag=STR, value=new or old, style=Style.SINGLE))


def _value(found: Node, name: str) -> str:
    node = found.get(name)
    return node.value if node is not None and node.tag != NULL else ""


def _remove(node: Node, unwanted: Callable[[Node, Node], bool]) -> None:
    kept = [pair for pair in node.pairs() if not unwanted(*pair)]
    if 2 * len(kept) != len(node.children):
        node.children = [one for pair in kept for one in pair]
