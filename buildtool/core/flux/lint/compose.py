"""Compose files and workloads: what runs must be what Flux writes, on the platform that is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.lint.marker_scan import Marks
from buildtool.core.flux.lint.markers import split_image
from buildtool.core.flux.lint.tree import is_compose
from buildtool.core.flux.manifests import IMAGE_GROUP
from buildtool.errors.rules_compose import NO_SETTER, PLATFORM, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Tree
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
    watched = {r.image: r for r in tree.manifests.repositories.values()}
    if not watched:
        return
    overridden = {image.string("name") for _, root in tree.kustomizations() for image in root.each("images")}
    marked = {(path, mark.line) for path, marks in tree.marks.items() for mark in marks.seen}
    lost = {(path, item.line) for path, marks in tree.marks.items() for item in marks.lost}
    for place, image in _images(tree):
        name, _, _ = split_image(image)
        if name not in watched or name in overridden:
            continue
        if (place.path, place.line) in marked or tree.marks.get(place.path, _NONE).skipped:
            continue
        if any((place.path, place.line + offset) in lost for offset in (-1, 0, 1)):
            continue  # a marker that missed its value: that finding says it
        yield NO_SETTER.at(place, f"{image} has no setter")


def _images(tree: Tree) -> Iterator[tuple[Place, str]]:
    for source, root in tree.composes():
        services = root.get("services")
        for _, service in services.pairs if services is not None else ():
            node = service.real.get("image")
            if node is not None:
                yield source.at(node), node.text
    for item in tree.objects:
        if item.group == IMAGE_GROUP or is_compose(item.path):
            continue
        for key, node in item.root.walk():
            if key is not None and key.text == "image" and node.real.text:
                yield item.at(node), node.real.text
    for line in tree.images:
        yield line.place, line.image


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
                yield PLATFORM.at(
                    item.at(arch), f"{item} needs nodes of {arch.text}, and {image.name} is built for {platforms}"
                )
