"""Kubernetes objects found in YAML."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.yaml.node import Shape
from buildtool.errors.findings import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.substitution import Variables
    from buildtool.core.yaml.node import Node
    from buildtool.core.yaml.parser import Parsed

KUSTOMIZATION_FILES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})


class Object(NamedTuple):
    """One document (or item of a List) that has apiVersion and kind. `namespace` is "" where nothing names one.

    From `objects_in`, `name` and `namespace` are those that stand in the file. From the model of the tree (`flux.tree`)
    they are those that the object has in the cluster, with `${` in a text that only the cluster knows; `worlds` are the
    clusters that get it, `appliers` the Flux Kustomizations (`namespace:name`) that apply it, `sure` whether somebody
    certainly does. `patched` means that patches change its spec in a way that is not known, `made` that a generator
    makes it. `build` names the one build that it comes out of.
    """

    path: str
    root: Node
    api_version: str
    kind: str
    namespace: str
    name: str
    worlds: frozenset[str] = frozenset()
    appliers: tuple[str, ...] = ()
    variables: Variables | None = None
    sure: bool = False
    patched: bool = False
    made: bool = False
    build: str = ""

    def resolve(self, text: str) -> str:
        """The text with the variables put in that the Kustomization which applies the object sets."""
        return text if self.variables is None else self.variables.put_into(text)

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


def objects_in(path: str, parsed: Parsed) -> Iterator[Object]:
    """Every object of a file, with the name and namespace that stand there; those inside a `kind: List` too."""
    for document in parsed.documents:
        if document.root is not None:
            yield from _objects(path, document.root)


def _objects(path: str, root: Node) -> Iterator[Object]:
    kind, api_version = root.string("kind"), root.string("apiVersion")
    if root.shape is not Shape.MAP or not kind or not api_version:
        return
    if kind.endswith("List") and root.get("items") is not None:
        for item in root.each("items"):
            yield from _objects(path, item)
        return
    yield Object(
        path=path,
        root=root,
        api_version=api_version,
        kind=kind,
        namespace=root.string("metadata", "namespace"),
        name=root.string("metadata", "name"),
    )


def clamp(path: str) -> str:
    """A path as Flux joins it to the root (SecureJoin): `./x/` is `x`, `../x` stays inside, the root is ""."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
