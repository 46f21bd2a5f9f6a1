"""Running: Deployments of the cluster, and a health URL that tells its revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.commit.tags import SHORTEST_SHA, parse_tag
from buildtool.core.status.station import Name, Reached, Station, Unseen
from buildtool.core.status.upstream import nothing_to_follow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.status.seen import Health, ImageFacts, Workload

_HEX = frozenset("0123456789abcdef")


def running(facts: ImageFacts) -> Station:
    """Every Deployment of the image runs the tag, with all pods ready, and the health URL tells its revision.

    Of two witnesses both must agree, unless one of them was not asked.
    """
    if facts.target is None:
        return nothing_to_follow(Name.RUNNING)
    commit = facts.read_back.revision if not isinstance(facts.read_back, Unseen) else ""
    witnesses = [_workloads(facts.workloads, facts.names, facts.target), _health(facts.health, facts.target, commit)]
    asked = [one for one in witnesses if one.looked]
    if not asked:
        return Unseen("; ".join(one.evidence for one in witnesses), looked=False).at(Name.RUNNING)
    for state in (Reached.NO, Reached.UNKNOWN):
        found = [one for one in asked if one.state is state]
        if found:
            first = found[0]
            evidence = "; ".join(one.evidence for one in asked)
            return Station(Name.RUNNING, state, evidence, cause="; ".join(one.cause for one in found), fix=first.fix)
    evidence = "; ".join(one.evidence for one in asked)
    return Station(Name.RUNNING, Reached.YES, evidence, max((one.time or 0 for one in asked), default=0) or None)


def _workloads(workloads: Sequence[Workload] | Unseen, names: frozenset[str], target: str) -> Station:
    if isinstance(workloads, Unseen):
        return workloads.at(Name.RUNNING)
    if not workloads:
        return Unseen("no Deployment that Flux applies runs this image", looked=False).at(Name.RUNNING)
    stations = [_workload(one, names, target) for one in workloads]
    late = [one for one in stations if not one.reached]
    if late:
        return late[0]
    times = [one.time for one in stations if one.time]
    return Station(
        Name.RUNNING, Reached.YES, "; ".join(one.evidence for one in stations), max(times) if times else None
    )


def _workload(workload: Workload, names: frozenset[str], target: str) -> Station:
    deployment = workload.deployment
    tags = [tag for image in deployment.images if (tag := tag_of(image, names))]
    fix = f"kubectl -n {deployment.namespace} describe deployment {deployment.name}"
    if set(tags) != {target}:
        seen = f"{deployment} runs {', '.join(tags)}"
        return Station(Name.RUNNING, Reached.NO, seen, cause=seen, fix=fix)
    pods = f"{min(deployment.updated, deployment.available)} of {deployment.wanted} new pods are ready"
    seen = f"{deployment} runs it: {pods}"
    if deployment.complete:
        time = deployment.condition.time if deployment.condition is not None else None
        return Station(Name.RUNNING, Reached.YES, seen, time)
    why = "; ".join(workload.troubles) or _progress(workload)
    return Station(Name.RUNNING, Reached.NO, seen, cause=f"{deployment}: {pods}: {why}", fix=fix)


def _progress(workload: Workload) -> str:
    condition = workload.deployment.condition
    return str(condition) if condition is not None and str(condition) else "the pods are on their way"


def tag_of(image: str, names: frozenset[str]) -> str:
    """The tag of `name:tag[@digest]` where the name is one of the image's; "" for another image."""
    name, _, tag = image.partition("@")[0].rpartition(":")
    return tag if name in names else ""


def _health(health: Health | Unseen, target: str, commit: str) -> Station:
    if isinstance(health, Unseen):
        return health.at(Name.RUNNING)
    if health.wrong:
        seen = f"{health.url}: {health.wrong}"
        return Station(Name.RUNNING, Reached.NO, seen, cause=seen, fix=f"curl -i {health.url}")
    if tells(health.revision, target, commit):
        return Station(Name.RUNNING, Reached.YES, f"{health.url} tells {health.revision[:40]}")
    seen = f"{health.url} still tells another revision: {health.revision[:128]}"
    return Station(Name.RUNNING, Reached.NO, seen, cause=seen, fix=f"curl -i {health.url}")


def tells(revision: str, target: str, commit: str = "") -> bool:
    """Whether a revision, a tag or a commit in full or cut to at least seven digits, is that of the tag.

    `commit` is that of the image under a tag which does not name it, such as a version.
    """
    if revision == target:
        return True
    parsed = parse_tag(target)
    own = parsed.sha if parsed is not None else commit
    if len(own) < SHORTEST_SHA or len(revision) < SHORTEST_SHA or not set(revision) <= _HEX:
        return False
    return revision.startswith(own) or own.startswith(revision)
