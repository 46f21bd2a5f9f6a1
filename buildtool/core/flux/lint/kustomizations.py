"""Flux Kustomizations and HelmReleases, and kustomize's own files."""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING

from buildtool.core.flux.objects import clamp
from buildtool.core.flux.substitution import is_unknown
from buildtool.core.flux.tree.kustomization import is_remote
from buildtool.core.flux.tree.sources import BOOTSTRAP, Where
from buildtool.errors.rules_kustomizations import (
    DEPENDS_CYCLE,
    DEPENDS_UNKNOWN,
    DUPLICATE,
    FORCE,
    PATH_MISSING,
    RESOURCE_MISSING,
    WAIT,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Source, Tree
    from buildtool.core.flux.objects import Object
    from buildtool.core.yaml.node import Node
    from buildtool.errors.findings import Finding


KUSTOMIZE_GROUP = "kustomize.toolkit.fluxcd.io"
HELM_GROUP = "helm.toolkit.fluxcd.io"
_LISTS = ("resources", "components", "bases", "crds", "configurations", "generators", "transformers")


def check(tree: Tree) -> Iterator[Finding]:
    for item in tree.of(KUSTOMIZE_GROUP, "Kustomization"):
        yield from _kustomization(tree, item)
    for kind, group in (("Kustomization", KUSTOMIZE_GROUP), ("HelmRelease", HELM_GROUP)):
        yield from _dependencies(tree, list(tree.of(group, kind)))
    yield from _duplicates(tree)
    for source, root in tree.kustomizations():
        if tree.flux.is_applied(source.path):
            yield from _resources(tree, source, root)


def _duplicates(tree: Tree) -> Iterator[Finding]:
    """At the second object, for each build."""
    first: dict[tuple[str, ...], Object] = {}
    for world in tree.flux.worlds:
        for item in sorted(world.objects, key=lambda one: (one.path, one.root.line)):
            if item.made or not item.name or item.patched or is_unknown(item.key):
                continue
            key = (world.key, item.build, item.api_version, item.kind, item.namespace, item.name)
            other = first.setdefault(key, item)
            if other is not item and other.place != item.place:
                yield DUPLICATE.at(item.place, f"{item} is already in {other.path}:{other.place.line}")


def _kustomization(tree: Tree, item: Object) -> Iterator[Finding]:
    spec = item.root.get("spec")
    if spec is None:
        return
    checks = spec.key("healthChecks")
    if spec.true("wait") and checks is not None and spec.each("healthChecks"):
        yield WAIT.at(item.at(checks), f"{item} has both wait: true and healthChecks")
    force = spec.key("force")
    if force is not None and spec.true("force"):
        yield FORCE.at(item.at(force), f"{item} has force: true")
    path = spec.get("path")
    here = spec.string("sourceRef", "kind") == "GitRepository" and tree.flux.where(item) is Where.HERE
    folder = clamp(item.resolve(path.text)) if path is not None else ""
    if path is not None and here and not is_unknown(folder) and folder not in tree.folders:
        yield PATH_MISSING.at(item.at(path), f"{item}: there is no folder {path.text}")


def _dependencies(tree: Tree, items: list[Object]) -> Iterator[Finding]:
    for item in items:
        for entry in item.root.each("spec", "dependsOn"):
            namespace, _, name = _target(item, entry).partition(":")
            if name != BOOTSTRAP and tree.lacks(item, item.kind, namespace, name):
                where = item.at(entry.get("name") or entry)
                yield DEPENDS_UNKNOWN.at(where, f"{item}: there is no {item.kind} {namespace}/{name}")
    for world in tree.flux.worlds:
        yield from _cycles(_edges([item for item in items if world.key in item.worlds]))


_Edges = dict[str, list[tuple[str, "Object", "Node"]]]


def _edges(items: list[Object]) -> _Edges:
    """What each object of one cluster waits for; of a name that is not certain, or stands for several, nothing."""
    count = Counter(item.key for item in items)
    return {
        item.key: [(_target(item, entry), item, entry) for entry in item.root.each("spec", "dependsOn")]
        for item in items
        if count[item.key] == 1 and not is_unknown(item.key) and not item.patched
    }


def _target(item: Object, entry: Node) -> str:
    return f"{item.resolve(entry.string('namespace')) or item.namespace}:{item.resolve(entry.string('name'))}"


def _cycles(edges: _Edges) -> Iterator[Finding]:
    """One finding for each circle, at the edge that closes it; without recursion, for any length of chain."""
    done: set[str] = set()
    for start in edges:
        path: list[str] = []
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            node, at = stack.pop()
            if at == 0:
                if node in done:
                    continue
                path.append(node)
            following = edges.get(node, [])
            if at == len(following):
                path.pop()
                done.add(node)
                continue
            stack.append((node, at + 1))
            target, item, entry = following[at]
            if target in path:
                circle = [*path[path.index(target) :], target]
                names = " -> ".join(key.rpartition(":")[2] for key in circle)
                yield DEPENDS_CYCLE.at(item.at(entry.get("name") or entry), f"{item}: {names}")
            elif target not in done:
                stack.append((target, 0))


def _resources(tree: Tree, source: Source, root: Node) -> Iterator[Finding]:
    folder = posixpath.dirname(source.path)
    for name, node in _listed(root):
        if is_remote(name) or is_unknown(name) or "?" in name or name.startswith("/") or _is_host(name):
            continue
        path = posixpath.normpath(posixpath.join(folder, name))
        path = "" if path == "." else path
        if path not in tree.paths and path not in tree.folders and not path.startswith(".."):
            yield RESOURCE_MISSING.at(source.at(node), f"there is no {path}")


def _is_host(name: str) -> bool:
    """`host.example/path//folder`: kustomize fetches it where there is no such file."""
    host = name.partition("/")[0]
    return "//" in name or ("." in host.strip(".") and name.count("/") > 1 and not name.endswith((".yaml", ".yml")))


def _listed(root: Node) -> Iterator[tuple[str, Node]]:
    for field in _LISTS:
        yield from ((node.text, node) for node in root.each(field) if node.text)
    for entry in root.each("patches"):
        node = entry.get("path")
        if node is not None:
            yield node.text, node
    for entry in root.each("configMapGenerator"):
        yield from ((node.text.rpartition("=")[2], node) for node in entry.each("files") if node.text)
