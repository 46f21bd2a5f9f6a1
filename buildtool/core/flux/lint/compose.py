"""Compose files and workloads: what runs must be what Flux writes, on the platform that is built."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from buildtool.core.flux.image_names import canonical
from buildtool.core.flux.lint.marker_scan import Marks
from buildtool.core.flux.lint.tree import is_compose
from buildtool.core.flux.lint.writing import is_live, working
from buildtool.core.flux.manifests import IMAGE_GROUP
from buildtool.core.flux.substitution import is_unknown
from buildtool.core.flux.tree.applied import KUSTOMIZE_GROUP
from buildtool.core.flux.tree.layers import split_image
from buildtool.errors.rules_compose import NO_SETTER, PLATFORM, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.marker_scan import Mark
    from buildtool.core.flux.lint.tree import Tree
    from buildtool.core.flux.objects import Object
    from buildtool.core.yaml.node import Node
    from buildtool.errors.findings import Finding, Place


_NONE = Marks()
_ARCH = "kubernetes.io/arch"


def check(tree: Tree) -> Iterator[Finding]:
    for source, root in tree.composes():
        key = root.key("version")
        if key is not None and root.get("services") is not None:
            yield VERSION.at(source.at(key), f"version: {root.string('version')}")
    yield from _without_setter(tree)
    yield from _platforms(tree)


def _without_setter(tree: Tree) -> Iterator[Finding]:
    watched = {canonical(r.image) for r in tree.manifests.watched if not is_unknown(r.image)}
    if not watched or not tree.manifests.automations:
        return
    entries = [entry for _, root in tree.kustomizations() for entry in root.each("images")]
    entries += [
        entry for item in tree.of(KUSTOMIZE_GROUP, "Kustomization") for entry in item.root.each("spec", "images")
    ]
    overridden = {canonical(entry.string("name")) for entry in entries}
    overridden |= {canonical(split_image(mark.text)[0]) for mark in _marks_of_patches(tree)}
    marked = {(path, mark.line) for path, marks in tree.marks.items() for mark in marks.seen}
    lost = {(path, item.line) for path, marks in tree.marks.items() for item in marks.lost}
    for place, image in _images(tree):
        name = canonical(split_image(image)[0])
        if name not in watched or name in overridden or is_unknown(image):
            continue
        if not is_live(tree, place.path) or not any(one.covers(place.path) for one in working(tree)):
            continue
        if (place.path, place.line) in marked or tree.marks.get(place.path, _NONE).skipped:
            continue
        if any((place.path, place.line + offset) in lost for offset in (-1, 0, 1)):
            continue  # a marker that missed its value: that finding says it
        yield NO_SETTER.at(place, f"{image} has no setter")


def _marks_of_patches(tree: Tree) -> Iterator[Mark]:
    """The markers in files that a kustomization merges into other objects."""
    for source, _ in tree.kustomizations():
        file = tree.flux.builds.kustomization(posixpath.dirname(source.path))
        for path in file.uses if file is not None else ():
            yield from tree.marks.get(path, _NONE).seen


def _images(tree: Tree) -> Iterator[tuple[Place, str]]:
    """Every image that is a whole reference: of compose services and containers, not a name whose tag stands apart."""
    for source, root in tree.composes():
        services = root.get("services")
        for _, service in services.pairs if services is not None else ():
            node = service.real.get("image")
            if node is not None and node.text:
                yield source.at(node), node.text
    for item in tree.objects:
        if item.group == IMAGE_GROUP or is_compose(item.path):
            continue
        for _, node in item.root.walk():
            image = node.get("image") if node.pairs else None
            if image is not None and image.text and not _is_split(node) and _stands_there(tree, item, image):
                yield item.at(image), image.text
    for line in tree.images:
        yield line.place, line.image


def _stands_there(tree: Tree, item: Object, image: Node) -> bool:
    """Whether the image is in the object's own file; one that a patch brings has only the place of what it replaces.

    The images of files that are no sources are found in their text.
    """
    source = tree.sources.get(item.path)
    lines = source.lines()[image.line - 1 : image.end_line] if source is not None else []
    return any(image.text in line for line in lines)


def _is_split(values: Node) -> bool:
    """Helm values with the tag in a key of its own, beside `image`."""
    return any(values.get(key) is not None for key in ("tag", "imageTag", "version", "digest"))


def _platforms(tree: Tree) -> Iterator[Finding]:
    if tree.settings is None:
        return
    built = {image.repository: image for image in tree.settings.images.values() if image.architectures}
    for item in tree.objects:
        selector = next((n for k, n in item.root.walk() if k is not None and k.text == "nodeSelector"), None)
        arch = selector.real.get(_ARCH) if selector is not None else None
        if arch is None:
            continue
        for key, node in item.root.walk():
            image = built.get(split_image(node.text)[0]) if key is not None and key.text == "image" else None
            if image is not None and arch.text not in image.architectures:
                platforms = ", ".join(sorted(image.architectures))
                yield PLATFORM.at(item.at(arch), f"{item} wants {arch.text}, {image.name} is built for {platforms}")
