"""Alerts, Providers and Receivers: what they name must exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.tree.sources import BOOTSTRAP
from buildtool.errors.rules_notifications import API_VERSION, LABELS, PROVIDER, RESOURCE, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Tree
    from buildtool.core.flux.objects import Object
    from buildtool.core.yaml.node import Node
    from buildtool.errors.findings import Finding


GROUP = "notification.toolkit.fluxcd.io"
_DEFAULTED = frozenset(
    {
        "Bucket",
        "HelmChart",
        "HelmRepository",
        "GitRepository",
        "OCIRepository",
        "ImageRepository",
        "ArtifactGenerator",
    }
)
_KINDS = frozenset(
    {
        "Bucket",
        "GitRepository",
        "HelmRelease",
        "HelmRepository",
        "ImagePolicy",
        "ImageRepository",
        "ImageUpdateAutomation",
        "Kustomization",
        "OCIRepository",
    }
)


def check(tree: Tree) -> Iterator[Finding]:
    for item in tree.of(GROUP, "Alert"):
        yield from _alert(tree, item)
    for item in tree.of(GROUP, "Receiver"):
        yield from _receiver(tree, item)


def _alert(tree: Tree, item: Object) -> Iterator[Finding]:
    provider = item.root.get("spec", "providerRef", "name")
    if provider is not None and tree.lacks(item, "Provider", item.namespace, item.resolve(provider.text)):
        yield PROVIDER.at(item.at(provider), f"{item}: there is no Provider {item.namespace}/{provider.text}")
    for source in item.root.each("spec", "eventSources"):
        missing = _missing(tree, item, source)
        if missing:
            yield SOURCE.at(item.at(source.get("name") or source), f"{item}: there is no {missing}")


def _receiver(tree: Tree, item: Object) -> Iterator[Finding]:
    for resource in item.root.each("spec", "resources"):
        where = item.at(resource.get("name") or resource)
        kind = resource.string("kind")
        if kind in _KINDS - _DEFAULTED and not resource.string("apiVersion"):
            yield API_VERSION.at(where, f"{item}: {kind} {resource.string('name')} has no apiVersion")
        if resource.string("name") == "*" and resource.get("matchLabels") is None:
            yield LABELS.at(where, f"{item}: {kind} * has no matchLabels")
        missing = _missing(tree, item, resource)
        if missing:
            yield RESOURCE.at(where, f"{item}: there is no {missing}")


def _missing(tree: Tree, item: Object, reference: Node) -> str:
    """`Kind namespace/name` where the repository has no such object; objects that bootstrap writes are known."""
    kind, name = reference.string("kind"), item.resolve(reference.string("name"))
    namespace = item.resolve(reference.string("namespace")) or item.namespace
    if kind not in _KINDS or name in ("", "*") or not tree.lacks(item, kind, namespace, name):
        return ""
    if name == BOOTSTRAP and kind in ("GitRepository", "Kustomization"):
        return ""
    return f"{kind} {namespace}/{name}"
