"""The Flux image objects of a repository, as values: what `push`, `verify` and `check` know about Flux."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from buildtool.core.flux.automations import Automation, Requirement
from buildtool.core.flux.objects import clamp
from buildtool.core.flux.schema.validate import validate
from buildtool.core.flux.substitution import is_unknown, may_be
from buildtool.core.flux.tree.model import read_tree
from buildtool.core.flux.tree.sources import Where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from buildtool.core.flux.objects import Object
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.core.flux.tree.model import FluxTree
    from buildtool.core.yaml.node import Node
    from buildtool.errors.findings import Place

IMAGE_GROUP = "image.toolkit.fluxcd.io"
_REFERENCE = ("kind", "name", "namespace")


class Refusal(NamedTuple):
    """Why the API server refuses an object, and what to write instead ("" where that is not known)."""

    reason: str
    fix: str
    place: Place


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
    worlds: frozenset[str] = frozenset()
    image_place: Place | None = None


@dataclass(eq=False)
class Policy:
    """An ImagePolicy object of some cluster: `key` is `namespace:name`, `repository` that of its ImageRepository.

    Two clusters may each have one of the same key.
    """

    item: Object

    @property
    def key(self) -> str:
        return self.item.key

    @cached_property
    def labels(self) -> Mapping[str, str]:
        return _labels(self.item, "metadata", "labels")

    @cached_property
    def repository(self) -> str:
        return _repository_key(self.item)

    @cached_property
    def refusal(self) -> Refusal | None:
        """Why the API server refuses the object, None where it does not."""
        return _refusal(self.item)

    @cached_property
    def unreadable(self) -> str:
        """Why the spec cannot be read, "" where it can; a plain one is known to be good without asking."""
        if self.refusal is not None:
            return self.refusal.reason
        if self.item.patched:
            return "a patch changes its spec, in a way that only kustomize can tell"
        if _is_plain(self.item.root.get("spec")):
            return ""
        try:
            self.value  # noqa: B018 -- read for its errors
        except (TypeError, ValueError) as error:
            return str(error)
        return ""

    @property
    def known(self) -> bool:
        """Whether the name and the spec are known, and the spec can be read."""
        texts = (self.key, self.item.resolve(self.item.root.string("spec", "policy", "semver", "range")))
        return not any(is_unknown(text) for text in texts) and not self.unreadable

    @cached_property
    def value(self) -> ImagePolicy:
        """The policy for the engine, which takes 50 ms to import. Raises TypeError or ValueError for a bad spec."""
        return _policy(self.item)


@dataclass(frozen=True)
class Manifests:
    """Image objects by `namespace:name`. An ImagePolicy whose spec cannot be read is in `unreadable` with the reason.

    `refused` has what the API server refuses, by kind and `namespace:name`.
    `policy_repository` says which ImageRepository a policy takes its tags from, whether or not that exists. Where two
    clusters have an object of one key, that of the first file counts here; `found` and `watched` have
    every policy and every ImageRepository of every cluster.
    """

    policies: Mapping[str, ImagePolicy] = field(default_factory=dict)
    repositories: Mapping[str, ImageRepository] = field(default_factory=dict)
    automations: tuple[Automation, ...] = ()
    policy_repository: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unreadable: Mapping[str, tuple[str, Place]] = field(default_factory=dict)
    refused: Mapping[tuple[str, str], Refusal] = field(default_factory=dict)
    found: tuple[Policy, ...] = ()
    watched: tuple[ImageRepository, ...] = ()

    def repository_of(self, policy: str) -> ImageRepository | None:
        """The ImageRepository behind the policy `namespace:name`."""
        return self.repositories.get(self.policy_repository.get(policy, ""))

    def without_login(self, policy: str | None, image: str) -> str | None:
        """The ImageRepository, as `namespace/name`, that reads this image's tags for the policy without a login."""
        found = self.repository_of(policy or "")
        return f"{found.namespace}/{found.name}" if found and found.image == image and not found.login else None

    def refusal_of(self, policy: str) -> Refusal | None:
        """Why the API server refuses the policy `namespace:name` or its ImageRepository; None where it does not."""
        repository = ("ImageRepository", self.policy_repository.get(policy, ""))
        return self.refused.get(("ImagePolicy", policy)) or self.refused.get(repository)

    def repositories_of(self, policy: Policy, among: Iterable[ImageRepository] | None = None) -> list[ImageRepository]:
        """Every ImageRepository that the policy may take its tags from: of its own cluster, by the name it gives.

        `among` narrows it to some of them.
        """
        chosen = self.watched if among is None else among
        found = (one for one in chosen if not one.worlds.isdisjoint(policy.item.worlds))
        return [one for one in found if may_be(f"{one.namespace}:{one.name}", policy.repository)]

    def named(self, key: str) -> list[Policy]:
        """Every policy that has this key, or may have it once its variables are put in."""
        if is_unknown(key):
            return list(self.found)
        namespace, _, name = key.partition(":")
        doubtful = [policy for policy in self._doubtful if _may_be_named(policy.item, namespace, name)]
        return [*(policy for policy in self._by_key.get(key, ()) if policy not in doubtful), *doubtful]

    def serving(self, policy: Policy) -> Iterator[Automation]:
        """The automations that write what a policy selects: same cluster, same namespace, and selecting its labels."""
        return (one for one in self.automations if self._serves(one, policy))

    @property
    def working(self) -> list[Automation]:
        """The automations that work on this repository, or may."""
        return [one for one in self.automations if one.where is not Where.ELSEWHERE]

    def writing(self, key: str) -> list[Automation]:
        """The automations that write in this repository what the policy `namespace:name` selects.

        The labels of a policy that is not in the repository are not known: every automation of its namespace may.
        """
        policies = self._by_key.get(key, ())
        if not policies:
            return [one for one in self.working if one.namespace == key.partition(":")[0]]
        return [one for one in self.working if any(self._serves(one, policy) for policy in policies)]

    @cached_property
    def _by_key(self) -> dict[str, list[Policy]]:
        found: dict[str, list[Policy]] = {}
        for policy in self.found:
            found.setdefault(policy.key, []).append(policy)
        return found

    @cached_property
    def _doubtful(self) -> list[Policy]:
        """Those whose name or namespace is only known in the cluster."""
        return [policy for policy in self.found if is_unknown(policy.key) or not policy.item.namespace]

    def _serves(self, automation: Automation, policy: Policy) -> bool:
        return (
            _may_be_one(automation.namespace, policy.item.namespace)
            and automation.selects(policy.labels)
            and not automation.worlds.isdisjoint(policy.item.worlds)
            and (policy.item.sure or _is_nearest(automation, policy, self._by_key.get(policy.key, [])))
        )


def _may_be_one(namespace: str, other: str) -> bool:
    """Whether two namespaces can be one; "" is given by whoever applies the object."""
    return not namespace or not other or may_be(namespace, other)


def _may_be_named(item: Object, namespace: str, name: str) -> bool:
    return may_be(item.name, name) and _may_be_one(item.namespace, namespace)


def _is_nearest(automation: Automation, policy: Policy, same: Sequence[Policy]) -> bool:
    """Where it is not known what is applied together: whether no policy of the same key stands nearer in the tree."""
    if len(same) <= 1:
        return True
    nearest = max(_together(automation.place.path, other.item.path) for other in same)
    return _together(automation.place.path, policy.item.path) == nearest


def _together(path: str, other: str) -> int:
    """How many folders two files have in common."""
    return len(posixpath.commonprefix([path.split("/")[:-1], other.split("/")[:-1]]))


def find_policies(
    texts: Iterable[tuple[str, str]],
    paths: Iterable[str] = (),
    read: Callable[[str], str | None] | None = None,
    remote: str = "",
) -> Manifests:
    """Read the image objects out of (path, text) pairs; what does not parse holds none (`check` says so)."""
    return from_objects(read_tree(texts, paths, read, remote))


def from_objects(tree: FluxTree) -> Manifests:
    """The same from a tree already read; of two with one key the first by place counts, of those surely applied."""
    mine = [item for item in tree.objects if item.group == IMAGE_GROUP and item.name]
    mine.sort(key=lambda item: not item.sure)  # stable: the order of place stays
    policies = tuple(Policy(item) for item in _of(mine, "ImagePolicy"))
    first = {policy.key: policy for policy in reversed(policies)}
    first = {key: first[key] for key in dict.fromkeys(policy.key for policy in policies)}
    watched = tuple(_repository(item) for item in _of(mine, "ImageRepository"))
    unreadable = {key: (policy.unreadable, policy.item.place) for key, policy in first.items() if policy.unreadable}
    return Manifests(
        policies=_Policies({key: policy for key, policy in first.items() if key not in unreadable}),
        repositories={f"{one.namespace}:{one.name}": one for one in reversed(watched)},
        automations=tuple(_automation(tree, item) for item in _of(mine, "ImageUpdateAutomation")),
        policy_repository={key: policy.repository for key, policy in first.items()},
        labels={key: policy.labels for key, policy in first.items()},
        unreadable=unreadable,
        refused={(item.kind, item.key): refusal for item in reversed(mine) if (refusal := _refusal(item)) is not None},
        found=policies,
        watched=watched,
    )


def _refusal(item: Object) -> Refusal | None:
    problem = next(iter(validate(item)), None)
    return None if problem is None else Refusal(f"{item}: {problem}", problem.fix, problem.place)


class _Policies(Mapping[str, "ImagePolicy"]):
    """Policies that become values when they are asked for: the engine behind them takes 50 ms to import."""

    def __init__(self, found: Mapping[str, Policy]) -> None:
        self._found = found

    def __getitem__(self, key: str) -> ImagePolicy:
        return self._found[key].value

    def __contains__(self, key: object) -> bool:
        return key in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


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
    if item.variables is not None:
        spec = _resolved(item, spec)
    return ImagePolicy.from_spec(spec, namespace=item.namespace, name=item.name, place=item.place)


def _resolved(item: Object, value: Any) -> Any:
    """The value with the variables put into every text that Flux substitutes."""
    if isinstance(value, dict):
        return {key: _resolved(item, one) for key, one in value.items()}
    if isinstance(value, list):
        return [_resolved(item, one) for one in value]
    return item.resolve(value) if isinstance(value, str) else value


def _repository(item: Object) -> ImageRepository:
    return ImageRepository(
        namespace=item.namespace,
        name=item.name,
        image=item.resolve(item.root.string("spec", "image")),
        insecure=item.root.true("spec", "insecure"),
        exclusion_list=tuple(node.text for node in item.root.each("spec", "exclusionList")),
        place=item.place,
        login=_has_login(item),
        worlds=item.worlds,
        image_place=item.at(item.root.get("spec", "image") or item.root),
    )


def _has_login(item: Object) -> bool:
    named = item.root.string("spec", "secretRef", "name") or item.root.string("spec", "serviceAccountName")
    return bool(named) or item.root.string("spec", "provider") not in ("", "generic")


def _repository_key(item: Object) -> str:
    reference = ("spec", "imageRepositoryRef")
    namespace = item.resolve(item.root.string(*reference, "namespace")) or item.namespace
    return f"{namespace}:{item.resolve(item.root.string(*reference, 'name'))}"


def _automation(tree: FluxTree, item: Object) -> Automation:
    checkout = item.root.string("spec", "git", "checkout", "ref", "branch")
    return Automation(
        namespace=item.namespace,
        name=item.name,
        path=clamp(item.resolve(item.root.string("spec", "update", "path"))),
        checkout_branch=checkout,
        push_branch=item.root.string("spec", "git", "push", "branch") or checkout,
        selector=_labels(item, "spec", "policySelector", "matchLabels"),
        place=item.place,
        expressions=tuple(_requirement(one) for one in item.root.each("spec", "policySelector", "matchExpressions")),
        where=Where.UNKNOWN if item.patched else tree.where(item),
        worlds=item.worlds,
        message=item.resolve(item.root.string("spec", "git", "commit", "messageTemplate")),
        source=_source(item),
        suspended=item.root.true("spec", "suspend"),
        author=_author(item),
    )


def _author(item: Object) -> tuple[str, str]:
    name, email = (item.resolve(item.root.string("spec", "git", "commit", "author", key)) for key in ("name", "email"))
    return name, email


def _source(item: Object) -> str:
    kind, name, namespace = (item.resolve(item.root.string("spec", "sourceRef", key)) for key in _REFERENCE)
    return f"{kind or 'GitRepository'} {namespace or item.namespace}/{name}"


def _requirement(node: Node) -> Requirement:
    values = frozenset(value.text for value in node.each("values"))
    return Requirement(node.string("key"), node.string("operator"), values)


def _labels(item: Object, *path: str) -> dict[str, str]:
    node = item.root.get(*path)
    return {} if node is None else {key.text: item.resolve(value.real.text) for key, value in node.pairs}
