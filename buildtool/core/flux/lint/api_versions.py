"""API versions that Flux, or Kubernetes, no longer serves.

The removals are those of the release notes of Flux 2.7 (v1beta1, v2beta1), 2.8 (v1beta2, v2beta2) and, for the image
APIs, 2.9; what is served now stands in the CRDs of Flux 2.9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.lint.versions import SUFFIX, gone, of_object, served, since, stated
from buildtool.errors.findings import Severity
from buildtool.errors.rules_api_versions import ENDPOINTS, REMOVED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Tree
    from buildtool.core.flux.lint.versions import Release
    from buildtool.core.flux.objects import Object
    from buildtool.errors.findings import Finding


def check(tree: Tree) -> Iterator[Finding]:
    known = stated(tree) if any(item.group.endswith(SUFFIX) for item in tree.objects) else {"": set()}
    for item in tree.objects:
        if item.api_version == "v1" and item.kind == "Endpoints":
            yield ENDPOINTS.at(item.place, f"{item} is an Endpoints object")
        elif item.group.endswith(SUFFIX) and served(item.group, item.kind):
            yield from _flux(item, of_object(item, known))


def _flux(item: Object, releases: set[Release]) -> Iterator[Finding]:
    """Against the Flux that the repository states, where it states one; else against today's."""
    version, now = item.api_version.rpartition("/")[2], served(item.group, item.kind)
    place = item.at(item.root.get("apiVersion") or item.root)
    first = since(item.group, item.kind)
    if version == now:
        early = [release for release in releases if release < first]
        if early:
            states = f"this repository states {_text(min(early))}"
            message = f"{item.kind} {item.api_version}: Flux {_text(first)} brought it, {states}"
            yield REMOVED.at(place, message, fix=f"update Flux to {_text(first)} or later")
        return
    last = gone(item.group, version)
    fix = f"apiVersion: {item.group}/{now}"
    if last is None:
        if not releases or all(release >= first for release in releases):
            yield REMOVED.at(place, f"{item.kind} {item.api_version}: no Flux of today serves it", fix=fix)
    elif any(release >= last for release in releases):
        states = f"this repository states {_text(max(releases))}"
        message = f"{item.kind} {item.api_version}: Flux {_text(last)} removed it, {states}"
        yield REMOVED.at(place, message, fix=fix)
    elif not releases:
        message = f"{item.kind} {item.api_version}: Flux {_text(last)} removed it"
        yield REMOVED.at(place, message, fix=fix, severity=Severity.WARNING)


def _text(release: Release) -> str:
    return f"{release[0]}.{release[1]}"
