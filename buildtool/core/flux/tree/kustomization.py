"""A kustomization.yaml as a value: what it takes in, and what it does to it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from buildtool.core.flux.tree.layers import NO_LAYER, Layer
from buildtool.core.flux.tree.patches import read_patch
from buildtool.core.yaml.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from buildtool.core.flux.tree.patches import Patch
    from buildtool.core.yaml.node import Node
    from buildtool.core.yaml.parser import Parsed

_REMOTE = re.compile(
    r"[a-z0-9+]+://|git@|git::|github\.com[/:]|gitlab\.com[/:]|bitbucket\.org[/:]|[^?]*\?(?:ref|version|timeout|submodules)="
)
# keys whose files change or add objects in ways that are not modelled
_NAMES = ("namespace", "namePrefix", "nameSuffix")
_OPAQUE = ("generators", "transformers", "helmCharts", "helmChartInflationGenerator")


@dataclass(frozen=True, slots=True)
class Kustomization:
    """`resources` and `components` are paths from the root, "" or None in place of one that is not in this repository.

    `uses` are files that are read but are no objects of the build; `generated` the entries of its generators.
    """

    path: str
    component: bool = False
    resources: tuple[str | None, ...] = ()
    components: tuple[str | None, ...] = ()
    layer: Layer = NO_LAYER
    uses: tuple[str, ...] = ()
    generated: tuple[tuple[str, Node, bool], ...] = ()
    opaque: bool = False

    def extended(self, layer: Layer, components: tuple[str | None, ...]) -> Kustomization:
        """As kustomize-controller writes it: what the Flux Kustomization sets comes in place of the file's own."""
        own = self.layer
        merged = Layer(
            layer.namespace or own.namespace,
            layer.prefix or own.prefix,
            layer.suffix or own.suffix,
            (*own.patches, *layer.patches),
        )
        return replace(self, layer=merged, components=(*self.components, *components))


def is_remote(entry: str) -> bool:
    """Whether an entry of `resources` is fetched from somewhere else."""
    return _REMOTE.match(entry) is not None or "\n" in entry


def local(folder: str, entry: str) -> str | None:
    """The path from the root that an entry names; None for one outside the repository or with a variable."""
    if is_remote(entry) or entry.startswith("/") or "${" in entry:
        return None
    path = posixpath.normpath(posixpath.join(folder, entry))
    if path == ".." or path.startswith("../"):
        return None
    return "" if path == "." else path


def read_kustomization(path: str, parsed: Parsed, read: Callable[[str], Parsed | None]) -> Kustomization:
    """`read` gives the documents of another file of the repository, for patches in files of their own."""
    root = next((document.root for document in parsed.documents if document.root is not None), None)
    if root is None:
        return Kustomization(path, opaque=True)
    folder = posixpath.dirname(path)
    patches = tuple(_patches(folder, root, read))
    namespace, prefix, suffix = (root.string(key) for key in _NAMES)
    return Kustomization(
        path=path,
        component=root.string("kind") == "Component",
        resources=tuple(_entries(folder, root, "resources", "bases")),
        components=tuple(_entries(folder, root, "components")),
        layer=Layer(namespace, prefix, suffix, patches),
        uses=tuple(_uses(folder, root)),
        generated=tuple(_generated(root)),
        opaque=any(root.each(key) for key in _OPAQUE) or parsed.broken,
    )


def read_inline_patches(node: Node, *path: str) -> tuple[Patch, ...]:
    """The entries of `patches` that carry their text with them (a Flux Kustomization has no others)."""
    return tuple(
        patch
        for entry in node.each(*path, "patches")
        for patch in _from_text(entry.string("patch"), entry.get("target"))
    )


def _entries(folder: str, root: Node, *keys: str) -> Iterator[str | None]:
    for key in keys:
        for node in root.each(key):
            if node.text:
                yield local(folder, node.text)


def _patches(folder: str, root: Node, read: Callable[[str], Parsed | None]) -> Iterator[Patch]:
    for key in ("patches", "patchesJson6902"):
        for entry in root.each(key):
            if entry.get("path") is None:
                yield from _from_text(entry.string("patch"), entry.get("target"))
            else:
                yield from _from_file(local(folder, entry.string("path")), entry.get("target"), read)
    for entry in root.each("patchesStrategicMerge"):
        if "\n" in entry.text:
            yield from _from_text(entry.text, None)
        else:
            yield from _from_file(local(folder, entry.text), None, read)


def _from_text(text: str, target: Node | None) -> Iterator[Patch]:
    for document in parse(text).documents:
        yield read_patch(document.root, target)


def _from_file(path: str | None, target: Node | None, read: Callable[[str], Parsed | None]) -> Iterator[Patch]:
    parsed = read(path) if path else None
    if parsed is None or parsed.broken:
        if target is not None:  # without one, only the file says which object it is for
            yield read_patch(None, target)
        return
    for document in parsed.documents:
        yield read_patch(document.root, target)


def _uses(folder: str, root: Node) -> Iterator[str]:
    """Files that the kustomization reads and does not apply as they are."""
    for key in ("patches", "patchesJson6902", "replacements"):
        yield from _locals(folder, (entry.string("path") for entry in root.each(key)))
    for key in ("patchesStrategicMerge", "crds", "configurations", "generators", "transformers", "validators"):
        yield from _locals(folder, (entry.text for entry in root.each(key)))
    for key in ("configMapGenerator", "secretGenerator"):
        for entry in root.each(key):
            files = [node.text.rpartition("=")[2] for node in entry.each("files")]
            yield from _locals(folder, [*files, *(node.text for node in entry.each("envs")), entry.string("env")])
    for entry in root.each("helmCharts"):
        yield from _locals(folder, [entry.string("valuesFile"), *(n.text for n in entry.each("additionalValuesFiles"))])


def _locals(folder: str, entries: Iterator[str] | list[str]) -> Iterator[str]:
    for entry in entries:
        path = local(folder, entry) if entry else None
        if path:
            yield path


def _generated(root: Node) -> Iterator[tuple[str, Node, bool]]:
    """Kind, entry, and whether the name gets a hash at its end."""
    plain = root.true("generatorOptions", "disableNameSuffixHash")
    for key, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
        for entry in root.each(key):
            if entry.string("behavior") in ("", "create"):
                yield kind, entry, not (plain or entry.true("options", "disableNameSuffixHash"))
