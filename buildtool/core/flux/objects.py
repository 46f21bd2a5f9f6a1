"""Kubernetes objects found in YAML, with the namespace kustomize gives them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.yaml.node import Shape
from buildtool.errors.findings import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from buildtool.core.yaml.node import Node
    from buildtool.core.yaml.parser import Parsed

KUSTOMIZATION_FILES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})


class Object(NamedTuple):
    """One document (or item of a List) that has apiVersion and kind. `namespace` is "" where nothing names one."""

    path: str
    root: Node
    api_version: str
    kind: str
    namespace: str
    name: str

    @property
    def group(self) -> str:
        """The API group; "" for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def key(self) -> str:
        return f"{self.namespace}:{self.name}"

    @property
    def place(self) -> Place:
        """Where its name stands, or where it begins."""
        return self.at(self.root.get("metadata", "name") or self.root)

    def at(self, node: Node) -> Place:
        return Place(self.path, node.line, node.column)

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def is_kustomization(path: str) -> bool:
    return posixpath.basename(path) in KUSTOMIZATION_FILES


def folder_namespaces(files: Iterable[tuple[str, Parsed]]) -> dict[str, str]:
    """The `namespace:` of each folder's kustomization file."""
    found: dict[str, str] = {}
    for path, parsed in files:
        if is_kustomization(path):
            for document in parsed.documents:
                namespace = document.root.string("namespace") if document.root is not None else ""
                if namespace:
                    found[posixpath.dirname(path)] = namespace
    return found


def objects_in(path: str, parsed: Parsed, namespaces: Mapping[str, str]) -> Iterator[Object]:
    """Every object of a file; those inside a `kind: List` too."""
    namespace = namespaces.get(posixpath.dirname(path), "")
    for document in parsed.documents:
        if document.root is not None:
            yield from _objects(path, document.root, namespace)


def _objects(path: str, root: Node, namespace: str) -> Iterator[Object]:
    kind, api_version = root.string("kind"), root.string("apiVersion")
    if root.shape is not Shape.MAP or not kind or not api_version:
        return
    if kind.endswith("List") and root.get("items") is not None:
        for item in root.each("items"):
            yield from _objects(path, item, namespace)
        return
    yield Object(
        path=path,
        root=root,
        api_version=api_version,
        kind=kind,
        namespace=root.string("metadata", "namespace") or namespace,
        name=root.string("metadata", "name"),
    )
