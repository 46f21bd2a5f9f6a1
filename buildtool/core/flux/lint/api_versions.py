"""API versions that Flux, or Kubernetes, no longer serves.

The removals are those of the release notes of Flux 2.7 (v1beta1, v2beta1), 2.8 (v1beta2, v2beta2) and, for the image
APIs, 2.9; what is served now stands in the CRDs of Flux 2.9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.findings import Severity
from buildtool.core.flux.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.findings import Finding
    from buildtool.core.flux.lint.tree import Tree

REMOVED = Rule(
    "api-version-removed",
    "an apiVersion that Flux no longer serves",
    "the API server refuses the object, and with it everything else in the same Kustomization.",
    "write the version named",
)
ENDPOINTS = Rule(
    "endpoints-deprecated",
    "Endpoints are deprecated",
    "Kubernetes 1.33 deprecates Endpoints in favour of EndpointSlice; new features come to the latter only.",
    "write an EndpointSlice (discovery.k8s.io/v1) with the label kubernetes.io/service-name: <service>",
    Severity.WARNING,
)
RULES = (REMOVED, ENDPOINTS)

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
