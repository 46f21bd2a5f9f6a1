"""Which Flux a repository states that it runs, and which API versions that serves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Source, Tree
    from buildtool.core.flux.objects import Object

Release = tuple[int, int]

SUFFIX = ".toolkit.fluxcd.io"
# served now, and since which release of Flux; from the release notes
_NOW: dict[str, dict[str, tuple[str, Release]]] = {
    "image": {"": ("v1", (2, 7))},
    "source": {
        "": ("v1", (2, 0)),
        "HelmRepository": ("v1", (2, 3)),
        "HelmChart": ("v1", (2, 3)),
        "Bucket": ("v1", (2, 5)),
        "OCIRepository": ("v1", (2, 6)),
    },
    "kustomize": {"": ("v1", (2, 0))},
    "helm": {"": ("v2", (2, 3))},
    "notification": {"": ("v1beta3", (2, 2)), "Receiver": ("v1", (2, 0))},
}
_GONE: dict[str, Release] = {"v1beta1": (2, 7), "v2beta1": (2, 7), "v1beta2": (2, 8), "v2beta2": (2, 8)}
_GONE_LATER: dict[tuple[str, str], Release] = {("image", "v1beta2"): (2, 9)}

_STATED = re.compile(r"^# Flux [Vv]ersion: v?(\d+)\.(\d+)", re.MULTILINE)
_LABEL = re.compile(r"^\s+app\.kubernetes\.io/version: [\"']?v(\d+)\.(\d+)", re.MULTILINE)
_VERSION = re.compile(r"[v^~=]*(\d+)\.(\d+)(?:\.|\Z)")
_CHART_AHEAD = 10  # chart flux2 2.16 brings Flux 2.6


def served(group: str, kind: str) -> str:
    """The version of this kind that today's Flux serves; "" for a group that is not Flux's."""
    known = _NOW.get(group.removesuffix(SUFFIX)) if group.endswith(SUFFIX) else None
    return (known.get(kind) or known[""])[0] if known else ""


def since(group: str, kind: str) -> Release:
    """The release of Flux that first served what `served` says."""
    known = _NOW[group.removesuffix(SUFFIX)]
    return (known.get(kind) or known[""])[1]


def gone(group: str, version: str) -> Release | None:
    """The release of Flux that no longer serves this version; None for one that no release is known to have served."""
    return _GONE_LATER.get((group.removesuffix(SUFFIX), version)) or _GONE.get(version)


def stated(tree: Tree) -> dict[str, set[Release]]:
    """For each cluster (its key in the model) the releases of Flux that its files state; "" for all that state any."""
    found: dict[str, set[Release]] = {"": set()}
    for path, source in tree.sources.items():
        if path.endswith("gotk-components.yaml"):
            for release in _of_components(source):
                found[""].add(release)
                for world in tree.flux.worlds:
                    if path in world.files:
                        found.setdefault(world.key, set()).add(release)
    for item in tree.flux.objects:
        told = _of_object(item)
        for key in {"", *item.worlds} if told is not None else ():
            found.setdefault(key, set()).update([told] if told else [])
    return found


def of_object(item: Object, known: dict[str, set[Release]]) -> set[Release]:
    """The releases that the clusters of this object state; those of the whole repository where they state none."""
    mine = set[Release]().union(*(known.get(world, set()) for world in item.worlds))
    return mine or known[""]


def _of_components(source: Source) -> Iterator[Release]:
    match = _STATED.search(source.text) or _LABEL.search(source.text)
    if match is not None:
        yield int(match[1]), int(match[2])


def _of_object(item: Object) -> Release | None:
    if item.kind == "FluxInstance":
        return _release(item.root.string("spec", "distribution", "version"))
    if item.kind == "HelmRelease" and item.root.string("spec", "chart", "spec", "chart") == "flux2":
        release = _release(item.root.string("spec", "chart", "spec", "version"))
        return (release[0], release[1] - _CHART_AHEAD) if release and release[1] >= _CHART_AHEAD else None
    if item.kind == "HelmRelease":
        return _release(item.root.string("spec", "values", "instance", "distribution", "version"))
    return None


def _release(text: str) -> Release | None:
    """`2.6.4`, `v2.6.x`, `~2.6.0`: the first two numbers; None for `2.x`, which is whatever is newest."""
    match = _VERSION.match(text.strip()) if not text.lstrip().startswith(("^", ">", "<")) else None
    return (int(match[1]), int(match[2])) if match is not None else None
