"""The Flux image objects of a repository, as values: what `push`, `verify` and `check` know about Flux."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.flux.objects import folder_namespaces, objects_in
from buildtool.core.yaml.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from buildtool.core.flux.objects import Object
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.core.yaml.node import Node
    from buildtool.errors.findings import Place

IMAGE_GROUP = "image.toolkit.fluxcd.io"
SETTER_TOKEN = '"$imagepolicy"'  # noqa: S105 -- a marker, no password


@dataclass(frozen=True, slots=True)
class ImageRepository:
    """`image` is what Flux writes in front of the tag, verbatim.

    `login`: it names credentials for the registry, by secretRef, a service account or a cloud's provider.
    """

    namespace: str
    name: str
    image: str
    insecure: bool
    exclusion_list: tuple[str, ...]
    place: Place
    login: bool = False


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

    def without_login(self, policy: str | None, image: str) -> str | None:
        """The ImageRepository, as `namespace/name`, that reads this image's tags for the policy without a login."""
        found = self.repository_of(policy or "")
        return f"{found.namespace}/{found.name}" if found and found.image == image and not found.login else None


def find_policies(texts: Iterable[tuple[str, str]]) -> Manifests:
    """Read the image objects out of (path, text) pairs; what does not parse holds none (`check` says so)."""
    files = [(path, parse(text)) for path, text in texts]
    namespaces = folder_namespaces(files)
    return from_objects(found for path, parsed in files for found in objects_in(path, parsed, namespaces))


def from_objects(objects: Iterable[Object]) -> Manifests:
    """The same from objects already read; of two with one name the last counts."""
    mine = [item for item in objects if item.group == IMAGE_GROUP and item.name]
    found = {item.key: item for item in _of(mine, "ImagePolicy")}
    unreadable = {key: reason for key, item in found.items() if (reason := _unreadable(item)) is not None}
    return Manifests(
        policies=_Policies({key: item for key, item in found.items() if key not in unreadable}),
        repositories={item.key: _repository(item) for item in _of(mine, "ImageRepository")},
        automations=tuple(_automation(item) for item in _of(mine, "ImageUpdateAutomation")),
        policy_repository={key: _repository_key(item) for key, item in found.items()},
        labels={key: _labels(item, "metadata", "labels") for key, item in found.items()},
        unreadable=unreadable,
    )


class _Policies(Mapping[str, "ImagePolicy"]):
    """Policies that become values when they are asked for: the engine behind them takes 50 ms to import."""

    def __init__(self, objects: Mapping[str, Object]) -> None:
        self._objects = objects
        self._made: dict[str, ImagePolicy] = {}

    def __getitem__(self, key: str) -> ImagePolicy:
        if key not in self._made:
            self._made[key] = _policy(self._objects[key])
        return self._made[key]

    def __contains__(self, key: object) -> bool:
        return key in self._objects

    def __iter__(self) -> Iterator[str]:
        return iter(self._objects)

    def __len__(self) -> int:
        return len(self._objects)


def _unreadable(item: Object) -> tuple[str, Place] | None:
    """Why the spec cannot be read; a plain one is known to be good without asking."""
    if _is_plain(item.root.get("spec")):
        return None
    try:
        _policy(item)
    except (TypeError, ValueError) as error:
        return str(error), item.place
    return None


_TEXTS = (
    ("imageRepositoryRef", "name"),
    ("filterTags", "pattern"),
    ("filterTags", "extract"),
    ("policy", "numerical", "order"),
    ("policy", "alphabetical", "order"),
    ("policy", "semver", "range"),
)


def _is_plain(spec: Node | None) -> bool:
    """Every map a map, every text a text."""
    if spec is None or spec.kind != "map":
        return False
    for path in _TEXTS:
        for depth in range(1, len(path) + 1):
            node = spec.get(*path[:depth])
            if node is not None and node.kind != ("str" if depth == len(path) else "map"):
                return False
    return True


def _of(objects: Iterable[Object], kind: str) -> list[Object]:
    return [item for item in objects if item.kind == kind]


def _policy(item: Object) -> ImagePolicy:
    from buildtool.core.flux.policy import ImagePolicy  # noqa: PLC0415 -- only where a policy is there to read

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
        login=_has_login(item),
    )


def _has_login(item: Object) -> bool:
    named = item.root.string("spec", "secretRef", "name") or item.root.string("spec", "serviceAccountName")
    return bool(named) or item.root.string("spec", "provider") not in ("", "generic")


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
