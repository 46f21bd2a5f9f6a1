"""Flux Kustomizations and HelmReleases, and kustomize's own files."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from buildtool.core.flux.manifests import clamp
from buildtool.errors.rules_kustomizations import (
    DEPENDS_CYCLE,
    DEPENDS_UNKNOWN,
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
BOOTSTRAP = "flux-system"  # the name of what `flux bootstrap` writes later
_LISTS = ("resources", "components", "bases", "crds", "configurations", "generators", "transformers")


def check(tree: Tree) -> Iterator[Finding]:
    for item in tree.of(KUSTOMIZE_GROUP, "Kustomization"):
        yield from _kustomization(tree, item)
    for kind, group in (("Kustomization", KUSTOMIZE_GROUP), ("HelmRelease", HELM_GROUP)):
        yield from _dependencies(list(tree.of(group, kind)))
    for source, root in tree.kustomizations():
        yield from _resources(tree, source, root)


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
    here = spec.string("sourceRef", "kind") == "GitRepository" and spec.string("sourceRef", "name") == BOOTSTRAP
    if path is not None and here and clamp(path.text) not in tree.folders:
        yield PATH_MISSING.at(item.at(path), f"{item}: there is no folder {path.text}")


def _dependencies(items: list[Object]) -> Iterator[Finding]:
    edges: dict[str, list[tuple[str, Object, Node]]] = {}
    for item in items:
        entries = [(_target(item, entry), item, entry) for entry in item.root.each("spec", "dependsOn")]
        edges[item.key] = entries
    for entries in edges.values():
        for target, item, entry in entries:
            if target not in edges and not target.endswith(f":{BOOTSTRAP}"):
                where = item.at(entry.get("name") or entry)
                yield DEPENDS_UNKNOWN.at(where, f"{item}: there is no {item.kind} {target.replace(':', '/', 1)}")
    yield from _cycles(edges)


def _target(item: Object, entry: Node) -> str:
    return f"{entry.string('namespace') or item.namespace}:{entry.string('name')}"


def _cycles(edges: dict[str, list[tuple[str, Object, Node]]]) -> Iterator[Finding]:
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
        if "://" in name or "?" in name or name.startswith(("github.com/", "git@", "/")) or "\n" in name:
            continue
        path = posixpath.normpath(posixpath.join(folder, name))
        path = "" if path == "." else path
        if path not in tree.paths and path not in tree.folders and not path.startswith(".."):
            yield RESOURCE_MISSING.at(source.at(node), f"there is no {path}")


def _listed(root: Node) -> Iterator[tuple[str, Node]]:
    for field in _LISTS:
        yield from ((node.text, node) for node in root.each(field) if node.text)
    for entry in root.each("patches"):
        node = entry.get("path")
        if node is not None:
            yield node.text, node
    for entry in root.each("configMapGenerator"):
        yield from ((node.text.rpartition("=")[2], node) for node in entry.each("files") if node.text)
