"""The Flux image objects of a repository, as values: what `push`, `verify` and `check` know about Flux."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.objects import folder_namespaces, objects_in
from buildtool.core.yaml.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from buildtool.core.findings import Place
    from buildtool.core.objects import Object
    from buildtool.core.policy import ImagePolicy

IMAGE_GROUP = "image.toolkit.fluxcd.io"
SETTER_TOKEN = '"$imagepolicy"'  # noqa: S105 -- a marker, no password


@dataclass(frozen=True, slots=True)
class ImageRepository:
    """`image` is what Flux writes in front of the tag, verbatim."""

    namespace: str
    name: str
    image: str
    insecure: bool
    exclusion_list: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Automation:
    """An ImageUpdateAutomation: `path` is relative to the root ("" is all of it), `push_branch` what it writes to."""

    namespace: str
    name: str
    path: str
    checkout_branch: str
    push_branch: str
    selector: Mapping[str, str]
    place: Place


@dataclass(frozen=True, slots=True)
class Manifests:
    """Image objects by `namespace:name`. An ImagePolicy whose spec cannot be read is in `unreadable` with the reason.

    `policy_repository` says which ImageRepository a policy takes its tags from, whether or not that exists.
    """

    policies: Mapping[str, ImagePolicy] = field(default_factory=dict)
    repositories: Mapping[str, ImageRepository] = field(default_factory=dict)
    automations: tuple[Automation, ...] = ()
    policy_repository: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unreadable: Mapping[str, tuple[str, Place]] = field(default_factory=dict)

    def repository_of(self, policy: str) -> ImageRepository | None:
        """The ImageRepository behind the policy `namespace:name`."""
        return self.repositories.get(self.policy_repository.get(policy, ""))


def find_policies(texts: Iterable[tuple[str, str]]) -> Manifests:
    """Read the image objects out of (path, text) pairs; what does not parse holds none (`check` says so)."""
    files = [(path, parse(text)) for path, text in texts]
    namespaces = folder_namespaces(files)
    return from_objects(found for path, parsed in files for found in objects_in(path, parsed, namespaces))


def from_objects(objects: Iterable[Object]) -> Manifests:
    """The same from objects already read; of two with one name the last counts."""
    mine = [item for item in objects if item.group == IMAGE_GROUP and item.name]
    policies: dict[str, ImagePolicy] = {}
    unreadable: dict[str, tuple[str, Place]] = {}
    for item in _of(mine, "ImagePolicy"):
        try:
            policies[item.key] = _policy(item)
        except (TypeError, ValueError) as error:
            unreadable[item.key] = (str(error), item.place)
    return Manifests(
        policies=policies,
        repositories={item.key: _repository(item) for item in _of(mine, "ImageRepository")},
        automations=tuple(_automation(item) for item in _of(mine, "ImageUpdateAutomation")),
        policy_repository={item.key: _repository_key(item) for item in _of(mine, "ImagePolicy")},
        labels={item.key: _labels(item, "metadata", "labels") for item in _of(mine, "ImagePolicy")},
        unreadable=unreadable,
    )


def _of(objects: Iterable[Object], kind: str) -> list[Object]:
    return [item for item in objects if item.kind == kind]


def _policy(item: Object) -> ImagePolicy:
    from buildtool.core.policy import ImagePolicy  # noqa: PLC0415 -- only where a policy is there to read

    node = item.root.get("spec")
    spec = node.plain() if node is not None else {}
    if not isinstance(spec, dict):
        raise TypeError("spec is not a map")
    return ImagePolicy.from_spec(spec, namespace=item.namespace, name=item.name, place=item.place)


def _repository(item: Object) -> ImageRepository:
    return ImageRepository(
        namespace=item.namespace,
        name=item.name,
        image=item.root.string("spec", "image"),
        insecure=item.root.true("spec", "insecure"),
        exclusion_list=tuple(node.text for node in item.root.each("spec", "exclusionList")),
        place=item.place,
    )


def _repository_key(item: Object) -> str:
    reference = ("spec", "imageRepositoryRef")
    return f"{item.root.string(*reference, 'namespace') or item.namespace}:{item.root.string(*reference, 'name')}"


def _automation(item: Object) -> Automation:
    checkout = item.root.string("spec", "git", "checkout", "ref", "branch")
    return Automation(
        namespace=item.namespace,
        name=item.name,
        path=clamp(item.root.string("spec", "update", "path")),
        checkout_branch=checkout,
        push_branch=item.root.string("spec", "git", "push", "branch") or checkout,
        selector=_labels(item, "spec", "policySelector", "matchLabels"),
        place=item.place,
    )


def _labels(item: Object, *path: str) -> dict[str, str]:
    node = item.root.get(*path)
    return {} if node is None else {key.text: value.real.text for key, value in node.pairs}


def clamp(path: str) -> str:
    """A path as Flux joins it to the root (SecureJoin): `./x/` is `x`, `../x` stays inside, the root is ""."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
