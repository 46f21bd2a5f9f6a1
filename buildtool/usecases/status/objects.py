"""Flux's objects, Deployments and pods of one image, read from the cluster and made into facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from buildtool.core.status import kubernetes
from buildtool.core.status.observed import ImageObjects, Workload
from buildtool.core.status.running import tag_of
from buildtool.core.status.station import Unseen
from buildtool.errors import CLUSTER_UNKNOWN, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from buildtool.core.status.kubernetes import Deployment, FluxObject, Kustomization
    from buildtool.core.status.observed import Applied
    from buildtool.usecases.status.sources import Cluster

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


def kustomizations(cluster: Cluster, namespace: str, paths: Sequence[str]) -> list[Kustomization]:
    """Those of a namespace that apply one of the files: of several around a file the one nearest to it."""
    read = [kubernetes.kustomization(raw) for raw in cluster.every("Kustomization", namespace)]
    every = [one for one in read if one is not None]
    found: dict[str, Kustomization] = {}
    for path in paths:
        around = [one for one in every if not one.path or path.startswith(f"{one.path}/")]
        if around:
            nearest = max(around, key=lambda one: len(one.path))
            found[nearest.flux.name] = nearest
    return list(found.values())


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
