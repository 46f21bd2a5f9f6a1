"""The objects of a build as the cluster gets them, and the Flux Kustomizations among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.objects import Object, clamp
from buildtool.core.flux.substitution import Variables
from buildtool.core.flux.tree.kustomization import is_remote, local, read_inline_patches
from buildtool.core.flux.tree.layers import Layer, effective_name, effective_namespace
from buildtool.core.flux.tree.patches import UNKNOWN, apply, renamed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.tree.builds import Item
    from buildtool.core.flux.tree.patches import Patch
    from buildtool.core.yaml.node import Node

KUSTOMIZE_GROUP = "kustomize.toolkit.fluxcd.io"


class Applier(NamedTuple):
    """What applies a build: a Flux Kustomization, a bootstrap, or nobody that is known (`sure` is False then).

    `key` is `namespace:name`, "" where there is no such object. `path` is relative to the root.
    """

    key: str = ""
    path: str = ""
    layer: Layer = Layer()
    components: tuple[str | None, ...] = ()
    variables: Variables | None = None
    sure: bool = True


def is_flux_kustomization(item: Object) -> bool:
    return item.kind == "Kustomization" and item.group == KUSTOMIZE_GROUP


def read_applier(item: Object, *, sure: bool) -> Applier:
    """A Flux Kustomization (with the name and namespace it has in the cluster) as what it does."""
    spec = item.root.get("spec") or item.root

    def text(*path: str) -> str:
        return item.resolve(spec.string(*path))

    path = clamp(text("path"))
    components = tuple(_component(path, item.resolve(node.text)) for node in spec.each("components"))
    layer = Layer(text("targetNamespace"), text("namePrefix"), text("nameSuffix"), read_inline_patches(spec))
    return Applier(item.key, path, layer, components, _variables(item, spec), sure)


def _component(path: str, entry: str) -> str | None:
    return None if is_remote(entry) else local(path, entry)


def _variables(item: Object, spec: Node) -> Variables | None:
    build = spec.get("postBuild")
    if build is None and not item.patched:
        return None
    given = spec.get("postBuild", "substitute")
    known = {key.text: item.resolve(value.real.text) for key, value in given.pairs} if given is not None else {}
    return Variables(known, more=item.patched or bool(spec.each("postBuild", "substituteFrom")))


def objects_of(item: Item, raw: tuple[Object, ...], by: Applier) -> Iterator[Object]:
    """What becomes of the objects of one file in one build; `raw` are they as they stand in the file."""
    for one in raw if item.entry is None else (_generated(item, item.entry),):
        found = _through(one, item.layers)
        if found is not None:
            found = found._replace(name=f"{found.name}-{UNKNOWN}") if item.hashed else found
            yield _substituted(found, by)


def _generated(item: Item, entry: Node) -> Object:
    """A ConfigMap or Secret of a generator; the hash at the end of its name is not known."""
    return Object(item.path, entry, "v1", item.kind, entry.string("namespace"), entry.string("name"), made=True)


def _through(one: Object, layers: tuple[Layer, ...]) -> Object | None:
    names, namespaces, patches, name, namespace = [one.name], [one.namespace], [], one.name, one.namespace
    for layer in layers:
        mine = [patch for patch in layer.patches if patch.target.takes(one.group, one.kind, names, namespaces)]
        if any(patch.deletes and not patch.target.doubtful for patch in mine):
            return None
        patches += mine
        name = effective_name(one.group, one.kind, name, (layer,))
        namespace = effective_namespace(one.group, one.kind, namespace, (layer,))
        names.append(name)
        namespaces.append(namespace)
    if not layers:
        namespace = effective_namespace(one.group, one.kind, namespace, ())
    one = one._replace(name=name, namespace=namespace)
    return _patched(one, patches) if patches else one


def _patched(one: Object, patches: list[Patch]) -> Object:
    changes = [renamed(patch) for patch in patches]
    root = apply(one.root, patches)
    return one._replace(
        root=one.root if root is None else root,
        patched=root is None,
        name=UNKNOWN if any(name for name, _ in changes) else one.name,
        namespace=UNKNOWN if any(namespace for _, namespace in changes) else one.namespace,
    )


def _substituted(one: Object, by: Applier) -> Object:
    variables = by.variables
    metadata = one.root.get("metadata")
    if metadata is not None and variables is not None:
        switch = f"{KUSTOMIZE_GROUP}/substitute"
        off = [metadata.get(where, switch) for where in ("annotations", "labels")]
        if any(node is not None and node.text == "disabled" for node in off):
            variables = None
    if variables is None:
        return one._replace(appliers=(by.key,) if by.key else ())
    return one._replace(
        name=variables.put_into(one.name),
        namespace=variables.put_into(one.namespace),
        variables=variables,
        appliers=(by.key,) if by.key else (),
    )
