"""API versions that Flux, or Kubernetes, no longer serves.

The removals are those of the release notes of Flux 2.7 (v1beta1, v2beta1), 2.8 (v1beta2, v2beta2) and, for the image
APIs, 2.9; what is served now stands in the CRDs of Flux 2.9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.errors.rules_api_versions import ENDPOINTS, REMOVED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Tree
    from buildtool.errors.findings import Finding


_SUFFIX = ".toolkit.fluxcd.io"
_NOW = {
    "image": {"": "v1"},
    "source": {"": "v1"},
    "kustomize": {"": "v1"},
    "helm": {"": "v2"},
    "notification": {"": "v1beta3", "Receiver": "v1"},
}
_GONE_IN = {"v1beta1": "2.7", "v2beta1": "2.7", "v1beta2": "2.8", "v2beta2": "2.8"}
_EXCEPTIONS = {("image", "v1beta2"): "2.9"}


def check(tree: Tree) -> Iterator[Finding]:
    for item in tree.objects:
        node = item.root.get("apiVersion") or item.root
        if item.api_version == "v1" and item.kind == "Endpoints":
            yield ENDPOINTS.at(item.place, f"{item} is an Endpoints object")
        group, _, version = item.api_version.rpartition("/")
        short = group.removesuffix(_SUFFIX)
        if not group.endswith(_SUFFIX) or short not in _NOW:
            continue
        served = _NOW[short].get(item.kind, _NOW[short][""])
        if version != served:
            since = _EXCEPTIONS.get((short, version)) or _GONE_IN.get(version)
            when = f"Flux {since} removed it" if since else "no Flux of today serves it"
            message = f"{item.kind} {item.api_version}: {when}"
            yield REMOVED.at(item.at(node), message, fix=f"apiVersion: {group}/{served}")
