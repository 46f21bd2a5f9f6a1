"""Flux's objects, Deployments and pods of one image, read from the cluster and made into facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from buildtool.core.flux.tree.sources import normal_url
from buildtool.core.status import kubernetes
from buildtool.core.status.seen import ImageObjects, Workload
from buildtool.core.status.station import Unseen
from buildtool.core.status.what_runs import tag_of
from buildtool.errors import CLUSTER_UNKNOWN, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from buildtool.core.status.kubernetes import Deployment, FluxObject, Kustomization
    from buildtool.core.status.seen import Applied
    from buildtool.usecases.status.questions import Cluster

_MOST_DEPLOYMENTS = 20


def image_objects(cluster: Cluster, policy: str) -> ImageObjects:
    """The ImagePolicy `namespace:name`, its ImageRepository and the automations that use it; raises cluster-unknown."""
    namespace, _, name = policy.partition(":")
    raw = cluster.get("ImagePolicy", namespace, name)
    if raw is None:
        raise BuildtoolError(CLUSTER_UNKNOWN, f"the cluster has no ImagePolicy {namespace}/{name}")
    reference = ("spec", "imageRepositoryRef")
    place = kubernetes.text(raw, *reference, "namespace") or namespace
    labels = kubernetes.labels(raw, "metadata", "labels")
    latest = kubernetes.text(raw, "status", "latestRef", "tag")
    repository = _repository(cluster, place, kubernetes.text(raw, *reference, "name"))
    return ImageObjects(
        repository, kubernetes.flux_object(raw), latest, _or_unseen(lambda: _automations(cluster, namespace, labels))
    )


def _repository(cluster: Cluster, namespace: str, name: str) -> FluxObject | Unseen:
    def read() -> FluxObject | Unseen:
        raw = cluster.get("ImageRepository", namespace, name)
        if raw is None:
            return Unseen(f"the cluster has no ImageRepository {namespace}/{name}")
        return kubernetes.flux_object(raw)

    found: FluxObject | Unseen = _or_unseen(read)
    return found


def _automations(cluster: Cluster, namespace: str, labels: Mapping[str, str]) -> list[FluxObject]:
    found = cluster.every("ImageUpdateAutomation", namespace)
    return [kubernetes.flux_object(raw) for raw in found if kubernetes.takes(raw, labels)]


class Here(NamedTuple):
    """What tells Kustomizations of this repository from others.

    `namespaces` are those that are asked where the account may not ask for all; `sources` the GitRepositories that are
    this repository for certain, `namespace/name`; `branch` is the deploy branch.
    """

    namespaces: Sequence[str]
    sources: frozenset[str]
    branch: str


def kustomizations(cluster: Cluster, paths: Sequence[str], here: Here) -> list[Kustomization]:
    """Those that apply one of the files, in every namespace that the account may read: the nearest around each file."""
    read = [kubernetes.kustomization(raw) for raw in _every_kustomization(cluster, here.namespaces)]
    every = [one for one in read if one is not None and any(_around(one, path) for path in paths)]
    ours = _OfThisRepository(cluster, here)
    mine = [one for one in every if ours.has(one)]
    found: dict[str, Kustomization] = {}
    for path in paths:
        around = [one for one in mine if _around(one, path)]
        nearest = max((len(one.path) for one in around), default=0)
        found |= {one.flux.name: one for one in around if len(one.path) == nearest}
    return list(found.values())


def _around(one: Kustomization, path: str) -> bool:
    return not one.path or path.startswith(f"{one.path}/")


def _every_kustomization(cluster: Cluster, namespaces: Sequence[str]) -> list[Mapping[str, Any]]:
    """Of all namespaces; where that is refused, of those named which may be read, and of one at least."""
    try:
        return list(cluster.every("Kustomization", ""))
    except BuildtoolError as refused:
        found: list[Mapping[str, Any]] = []
        failures = []
        for namespace in dict.fromkeys(namespaces):
            try:
                found += cluster.every("Kustomization", namespace)
            except BuildtoolError as error:
                failures.append(error)
        if len(failures) == len(set(namespaces)):
            raise failures[0] if failures else refused from refused
        return found


class _OfThisRepository:
    """Whether a Kustomization applies files of this repository's deploy branch.

    By the name of its GitRepository, then by the branch and the URL of that one. What nothing tells counts as one: a
    commit that the clone does not know is then told as unknown.
    """

    def __init__(self, cluster: Cluster, here: Here) -> None:
        self._cluster = cluster
        self._here = here
        self._urls: dict[str, str] = {}

    def has(self, one: Kustomization) -> bool:
        if one.source in self._here.sources:
            return True
        if one.branch and one.branch != self._here.branch:
            return False
        mine = {self._url(source) for source in self._here.sources} - {""}
        return not mine or self._url(one.source) in mine | {""}

    def _url(self, source: str) -> str:
        """As `normal_url` gives it; "" where it may not be read, or is not there."""
        if source not in self._urls:
            namespace, _, name = source.partition("/")
            try:
                raw = self._cluster.get("GitRepository", namespace, name)
            except BuildtoolError:
                raw = None
            address = kubernetes.text(raw, "spec", "url")
            self._urls[source] = normal_url(address) if address else ""
        return self._urls[source]


def workloads(cluster: Cluster, applied: Sequence[Applied], names: frozenset[str]) -> list[Workload]:
    """The Deployments of these Kustomizations that run the image, with the troubles of their pods."""
    wanted = dict.fromkeys(place for one in applied for place in one.kustomization.deployments)
    found = []
    for namespace, name in list(wanted)[:_MOST_DEPLOYMENTS]:
        raw = cluster.get("Deployment", namespace, name)
        deployment = kubernetes.deployment(raw) if raw is not None else None
        if deployment is not None and any(tag_of(image, names) for image in deployment.images):
            found.append(Workload(deployment, _troubles(cluster, deployment, names)))
    return found


def _troubles(cluster: Cluster, deployment: Deployment, names: frozenset[str]) -> Sequence[str]:
    """Nothing for a Deployment that is complete; where the pods may not be read, that is told."""
    if deployment.complete or not deployment.selector:
        return ()
    image = next(image for image in deployment.images if tag_of(image, names))
    pods: Sequence[Mapping[str, Any]] | Unseen = _or_unseen(
        lambda: cluster.every("Pod", deployment.namespace, deployment.selector)
    )
    return (f"its pods: {pods.reason}",) if isinstance(pods, Unseen) else kubernetes.pod_troubles(pods, image)


def _or_unseen(read: Callable[[], Any]) -> Any:
    """What was read, or why it was not: a part that may not be read hides no other."""
    try:
        return read()
    except BuildtoolError as error:
        return Unseen(error.message, fix=error.fix)
