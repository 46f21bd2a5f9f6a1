"""Objects as an API server answers them -> what the stations need. A field of a wrong type counts as missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from buildtool.core.flux.automations import Requirement, selects
from buildtool.core.flux.objects import clamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DEPLOYMENT = "_apps_Deployment"
_LONGEST = 300  # characters of a message


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of `status.conditions`. `status` is True, False or Unknown; `time` is unix seconds."""

    status: str
    reason: str
    message: str
    time: int | None

    def __str__(self) -> str:
        return ": ".join(part for part in (self.reason, self.message) if part)


@dataclass(frozen=True, slots=True)
class FluxObject:
    """What every object of Flux has. `ready` is None where no controller has looked at it yet."""

    kind: str
    name: str
    suspended: bool
    ready: Condition | None

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def trouble(self) -> str:
        """Why it does not do its work, in Flux's own words; "" where it does, or has only begun."""
        if self.suspended:
            return f"{self} is suspended"
        if self.ready is None or self.ready.status == "True":
            return ""
        return f"{self} is not ready: {self.ready}"


@dataclass(frozen=True, slots=True)
class Kustomization:
    """`path` is its folder in the repository ("" is all of it), `source` the GitRepository, `namespace/name`.

    `branch` is what that one follows, as the newest revision names it, "" for none; `applied` is the commit that it has
    applied and found healthy, `attempted` the one it tried last; None for none.
    `deployments` are those it applies, as (namespace, name).
    """

    flux: FluxObject
    path: str
    source: str
    branch: str
    applied: str | None
    attempted: str | None
    deployments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Deployment:
    """`images` are those of its containers; the counts are those of its newest pods.

    `selector` are the labels of its pods; `observed` is False while its controller has not seen the newest spec.
    """

    namespace: str
    name: str
    images: tuple[str, ...]
    selector: Mapping[str, str]
    wanted: int
    updated: int
    available: int
    total: int
    observed: bool
    condition: Condition | None

    def __str__(self) -> str:
        return f"Deployment {self.namespace}/{self.name}"

    @property
    def complete(self) -> bool:
        """Whether every pod is a new one, and serves."""
        return self.observed and self.updated >= self.wanted and self.total <= self.updated <= self.available


def flux_object(raw: Mapping[str, Any]) -> FluxObject:
    return FluxObject(
        text(raw, "kind"),
        f"{text(raw, 'metadata', 'namespace')}/{text(raw, 'metadata', 'name')}",
        at(raw, "spec", "suspend") is True,
        condition(raw, "Ready"),
    )


def kustomization(raw: Mapping[str, Any]) -> Kustomization | None:
    """None for one whose source is no git repository."""
    source = ("spec", "sourceRef")
    if text(raw, *source, "kind") != "GitRepository":
        return None
    namespace = text(raw, *source, "namespace") or text(raw, "metadata", "namespace")
    return Kustomization(
        flux_object(raw),
        clamp(text(raw, "spec", "path")),
        f"{namespace}/{text(raw, *source, 'name')}",
        branch_of(text(raw, "status", "lastAttemptedRevision") or text(raw, "status", "lastAppliedRevision")),
        commit_of(text(raw, "status", "lastAppliedRevision")),
        commit_of(text(raw, "status", "lastAttemptedRevision")),
        tuple(_deployments(items(raw, "status", "inventory", "entries"))),
    )


def deployment(raw: Mapping[str, Any]) -> Deployment:
    replicas = at(raw, "spec", "replicas")
    return Deployment(
        namespace=text(raw, "metadata", "namespace"),
        name=text(raw, "metadata", "name"),
        images=tuple(text(one, "image") for one in items(raw, "spec", "template", "spec", "containers")),
        selector=labels(raw, "spec", "selector", "matchLabels"),
        wanted=number(raw, "spec", "replicas") if replicas is not None else 1,
        updated=number(raw, "status", "updatedReplicas"),
        available=number(raw, "status", "availableReplicas"),
        total=number(raw, "status", "replicas"),
        observed=number(raw, "status", "observedGeneration") >= number(raw, "metadata", "generation"),
        condition=condition(raw, "Progressing"),
    )


def pod_troubles(pods: Iterable[Mapping[str, Any]], image: str) -> list[str]:
    """Why pods that run an image do not serve, each reason once: ImagePullBackOff, CrashLoopBackOff, Unschedulable."""
    found: dict[str, None] = {}
    for pod in pods:
        if image not in {text(one, "image") for one in items(pod, "spec", "containers")}:
            continue
        for status in [*items(pod, "status", "initContainerStatuses"), *items(pod, "status", "containerStatuses")]:
            found |= dict.fromkeys(filter(None, [_waiting(status)]))
        scheduled = condition(pod, "PodScheduled")
        if scheduled is not None and scheduled.status == "False":
            found[str(scheduled)] = None
    return list(found)


def _waiting(status: Mapping[str, Any]) -> str:
    reason, message = text(status, "state", "waiting", "reason"), text(status, "state", "waiting", "message")
    if not reason or reason in {"ContainerCreating", "PodInitializing"}:
        return ""
    ended = at(status, "lastState", "terminated", "exitCode")
    code = f" (exit code {ended})" if isinstance(ended, int) else ""
    return f"{reason}{code}: {message}" if message else f"{reason}{code}"


def takes(automation: Mapping[str, Any], policy_labels: Mapping[str, str]) -> bool:
    """Whether an ImageUpdateAutomation uses a policy of its namespace with these labels."""
    selector = ("spec", "policySelector")
    expressions = [
        Requirement(text(one, "key"), text(one, "operator"), frozenset(words(one, "values")))
        for one in items(automation, *selector, "matchExpressions")
    ]
    return selects(labels(automation, *selector, "matchLabels"), expressions, policy_labels)


def condition(raw: Mapping[str, Any], kind: str) -> Condition | None:
    for one in items(raw, "status", "conditions"):
        if text(one, "type") == kind:
            time = seconds(text(one, "lastTransitionTime"))
            return Condition(text(one, "status"), text(one, "reason"), text(one, "message")[:_LONGEST], time)
    return None


def commit_of(revision: str) -> str | None:
    """`master@sha1:672add8…` and the older `master/672add8…` -> the commit; None for anything else."""
    sha = revision.rpartition(":")[2].rpartition("/")[2]
    good = len(sha) in {40, 64} and all(c in "0123456789abcdef" for c in sha)
    return sha if good else None


def branch_of(revision: str) -> str:
    """`master@sha1:672add8…` and the older `master/672add8…` -> the branch, or the tag; "" for a commit alone."""
    name = revision.rpartition("@" if "@" in revision else "/")[0]
    return name.removeprefix("refs/heads/")


def _deployments(entries: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    """From the inventory: an entry is `namespace_name_group_kind`."""
    for entry in entries:
        identity = text(entry, "id")
        namespace, _, name = identity.removesuffix(_DEPLOYMENT).partition("_")
        if identity.endswith(_DEPLOYMENT) and namespace and name:
            yield namespace, name


def at(raw: Any, *path: str) -> Any:
    """What stands there; None where nothing does."""
    for key in path:
        if not isinstance(raw, dict):
            return None
        raw = raw.get(key)
    return raw


def text(raw: Any, *path: str) -> str:
    value = at(raw, *path)
    return value if isinstance(value, str) else ""


def number(raw: Any, *path: str) -> int:
    value = at(raw, *path)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def items(raw: Any, *path: str) -> list[Mapping[str, Any]]:
    value = at(raw, *path)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def words(raw: Any, *path: str) -> list[str]:
    value = at(raw, *path)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def labels(raw: Any, *path: str) -> dict[str, str]:
    value = at(raw, *path)
    good = isinstance(value, dict)
    return {key: word for key, word in value.items() if isinstance(key, str) and isinstance(word, str)} if good else {}


def seconds(written: str) -> int | None:
    """`2026-11-25T00:39:21Z` -> unix seconds."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return int(found.timestamp()) if found.tzinfo is not None else None
