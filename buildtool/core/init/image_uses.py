"""A YAML file -> the images that it runs, each with the values in which Flux can write it.

Compose services, containers of workloads, `images` of a kustomization.yaml, and Helm values in both forms: `image:` as
one text, or a map of `repository` and `tag` (and `registry`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.image_names import canonical
from buildtool.core.flux.lint.tree import is_compose
from buildtool.core.flux.objects import is_kustomization
from buildtool.core.flux.tree.layers import split_image
from buildtool.core.init.found import ImageUse, NamedIn, Slot
from buildtool.core.yaml.node import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.core.yaml.node import Node
    from buildtool.core.yaml.parser import Parsed

_CONTAINERS = frozenset({"containers", "initContainers", "ephemeralContainers"})
_ARCH = "kubernetes.io/arch"
_FLOW = "the value stands inside { } or [ ], where no comment can stand beside it: write it on a line of its own"
_ALIAS = "the value is an alias (*name), which Flux does not follow"
_VARIABLE = "the value holds a variable, in whose place Flux would write a tag for good"
_NO_TAG = "no line for the tag stands beside it: write {key}: TAG there, with the comment behind it"
_DIGEST = "the image is held by its digest, which Flux does not change here: put newTag: TAG in its place"


class _At(NamedTuple):
    """A node on the way down: whether it is inside a flow collection, and below which key of containers."""

    node: Node
    flow: bool
    key: str


def uses(path: str, parsed: Parsed) -> list[ImageUse]:
    """Every image of the file, in order."""
    roots = [document.root for document in parsed.documents if document.root is not None]
    if is_compose(path):
        return [use for root in roots[:1] for use in _compose(path, root)]
    if is_kustomization(path):
        return [use for root in roots[:1] for use in _kustomization(path, root)]
    found: list[ImageUse] = []
    for root in roots:
        is_object = bool(root.string("kind") and root.string("apiVersion"))
        manifest = is_object and root.string("kind") not in {"HelmRelease", "HelmChart"}
        origin = NamedIn.MANIFEST if manifest else NamedIn.HELM
        found += _walk(path, root, origin, _architectures(root))
    return found


def with_renames(listed: Sequence[ImageUse]) -> list[ImageUse]:
    """The uses of all files: an image that a kustomization.yaml replaces runs as the new one, on the same machines."""
    renaming = {canonical(use.renames) for use in listed if use.renames}
    machines: dict[str, set[str]] = {}
    found = []
    for use in listed:
        renamed = use.origin is NamedIn.MANIFEST and canonical(use.image) in renaming
        if renamed:
            machines.setdefault(canonical(use.image), set()).update(use.architectures)
        found.append(replace(use, renamed=True) if renamed else use)
    return [
        replace(use, architectures=tuple(sorted(machines.get(canonical(use.renames), ())))) if use.renames else use
        for use in found
    ]


def _compose(path: str, root: Node) -> Iterator[ImageUse]:
    services = root.get("services")
    for _, service in services.pairs if services is not None else ():
        value = _pair(service.real, "image")
        if value is not None:
            flow = service.real.flow or (services is not None and services.flow)
            yield from _whole(path, value, NamedIn.COMPOSE, flow=flow)


def _kustomization(path: str, root: Node) -> Iterator[ImageUse]:
    for entry in root.each("images"):
        name, tag = _pair(entry, "newName") or _pair(entry, "name"), _pair(entry, "newTag")
        if name is None or not name.real.text or (tag is None and _pair(entry, "newName") is None):
            continue
        if tag is not None:
            slot = _slot(tag, "tag", flow=entry.flow)
        else:
            digest = _pair(entry, "digest") is not None
            slot = _slot(name, "tag")._replace(why_not=_DIGEST if digest else _NO_TAG.format(key="newTag"))
        old = entry.string("name") or ""
        renames = old if old != name.real.text else ""
        text = tag.real.text if tag is not None else ""
        yield ImageUse(path, name.real.text, text, (slot,), NamedIn.KUSTOMIZE, renames=renames)


def _walk(path: str, root: Node, origin: NamedIn, architectures: tuple[str, ...]) -> Iterator[ImageUse]:
    """Manifests: the containers. Helm values: every `image`, wherever it stands."""
    stack = [_At(root, root.flow, "")]
    while stack:
        node, flow, key = stack.pop()
        flow = flow or node.flow
        if node.shape is Shape.MAP and (origin is NamedIn.HELM or key in _CONTAINERS):
            for use in _image_of(path, node, origin, flow=flow):
                yield use if not architectures else _on(use, architectures)
        stack += [_At(item, flow, key) for item in reversed(node.items)]
        stack += [_At(value, flow, name.text) for name, value in reversed(node.pairs)]


def _on(use: ImageUse, architectures: tuple[str, ...]) -> ImageUse:
    return ImageUse(use.path, use.image, use.tag, use.slots, use.origin, architectures)


def _image_of(path: str, node: Node, origin: NamedIn, *, flow: bool) -> Iterator[ImageUse]:
    value = _pair(node, "image")
    if value is None:
        return
    tag = _pair(node, "tag") if origin is NamedIn.HELM and split_image(value.real.text)[1:] == ("", "") else None
    if value.real.shape is Shape.SCALAR and tag is not None:
        slots = (_slot(value, "name", flow=flow), _slot(tag, "tag", flow=flow))
        yield ImageUse(path, value.real.text, _tag_text(tag), slots, origin)
    elif value.real.shape is Shape.SCALAR:
        yield from _whole(path, value, origin, flow=flow)
    elif value.real.shape is Shape.MAP and origin is NamedIn.HELM:
        yield from _split(path, value.real, flow=flow or value.flow)


def _split(path: str, values: Node, *, flow: bool) -> Iterator[ImageUse]:
    """`repository` and `tag`; where a `registry` stands beside them, or no tag, only the tag can be written."""
    repository, tag, registry = (_pair(values, key) for key in ("repository", "tag", "registry"))
    if repository is None or not repository.real.text:
        return
    host = registry.real.text if registry is not None else ""
    image = f"{host}/{repository.real.text}" if host else repository.real.text
    if tag is None:
        missing = _slot(repository, "tag")._replace(why_not=_NO_TAG.format(key="tag"))
        yield ImageUse(path, image, "", (missing,), NamedIn.HELM)
        return
    slots = [_slot(tag, "tag", flow=flow)]
    if not host:
        slots.insert(0, _slot(repository, "name", flow=flow))
    yield ImageUse(path, image, _tag_text(tag), tuple(slots), NamedIn.HELM)


def _tag_text(tag: Node) -> str:
    return "" if tag.real.kind == "null" else tag.real.text


def _whole(path: str, value: Node, origin: NamedIn, *, flow: bool) -> Iterator[ImageUse]:
    name, tag, _ = split_image(value.real.text)
    if value.real.shape is Shape.SCALAR and name:
        yield ImageUse(path, name, tag, (_slot(value, "", flow=flow),), origin)


def _slot(value: Node, part: str, *, flow: bool = False) -> Slot:
    why_not = _ALIAS if value.shape is Shape.ALIAS else _FLOW if flow or value.flow else ""
    why_not = why_not or (_VARIABLE if "$" in value.real.text else "")
    return Slot(value.line, value.end_line, value.end_column, part, why_not)


def _pair(node: Node, name: str) -> Node | None:
    """The value of a key as it stands there, an alias as an alias; None where it is no scalar and no map."""
    found = next((value for key, value in node.real.pairs if key.text == name), None)
    return found if found is not None and found.real.shape in {Shape.SCALAR, Shape.MAP} else None


def _architectures(root: Node) -> tuple[str, ...]:
    """The architectures that the nodeSelector and the required node affinity of a workload name."""
    found: set[str] = set()
    for key, node in root.walk():
        if key is not None and key.text == _ARCH and node.shape is Shape.SCALAR:
            found.add(node.text)
        if key is not None and key.text == "matchExpressions":
            for one in node.items:
                if one.real.string("key") == _ARCH and one.real.string("operator") == "In":
                    found |= {value.text for value in one.real.each("values")}
    return tuple(sorted(found))
