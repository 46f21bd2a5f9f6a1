"""Commit, published, selected: what git, the registry and the policy say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.commit.marks import is_rolled_back, mark_for
from buildtool.core.commit.tags import parse_tag
from buildtool.core.flux.policy import refusal, select
from buildtool.core.flux.policy.failure import ErrorClass
from buildtool.core.status.station import Name, Reached, Station, Unseen

if TYPE_CHECKING:
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.core.status.kubernetes import FluxObject
    from buildtool.core.status.seen import ImageFacts, ImageObjects, RepositoryTags

_SHORT = 12
NO_POLICY = Unseen("the image has no policy: nothing says what Flux does with it", looked=False)


def commit(facts: ImageFacts) -> Station:
    head = facts.head
    if isinstance(head, Unseen):
        return head.at(Name.COMMIT)
    return Station(Name.COMMIT, Reached.YES, f'{head.branch} is at {head.sha[:_SHORT]} "{head.subject}"', head.time)


def published(facts: ImageFacts) -> Station:
    """Whether there is an image under the tag, and it is what the tag says."""
    if isinstance(facts.tags, Unseen):
        return facts.tags.at(Name.PUBLISHED)
    if facts.target is None:
        if facts.policy is not None and facts.policy.choice.semver is not None:
            why = "the registry holds no version that the policy takes"
            fix = "release one: git tag v1.2.3 && buildtool push --release"
        else:
            why, fix = "the registry holds no tag of the deploy branch", "buildtool push"
        return Station(Name.PUBLISHED, Reached.NO, why, cause=why, fix=fix)
    if facts.target not in facts.tags.every:
        why = f"{facts.target} is not in the registry"
        return Station(Name.PUBLISHED, Reached.NO, why, cause=why, fix="buildtool push")
    if isinstance(facts.read_back, Unseen):
        return facts.read_back.at(Name.PUBLISHED)
    if facts.read_back.wrong:
        why = facts.read_back.wrong
        return Station(Name.PUBLISHED, Reached.NO, why, cause=why, fix=f"buildtool verify {facts.image}")
    back = facts.read_back
    named = _time(facts.target) is not None
    commit = "commit as the tag says" if named else f"commit {back.revision[:12] or 'unknown'}"
    evidence = f"{back.digest[:19]}, {back.platforms}, {commit}"
    return Station(Name.PUBLISHED, Reached.YES, evidence, _time(facts.target))


def selected(facts: ImageFacts) -> Station:
    """Whether the policy selects the tag from the live ones, and, where the cluster can be asked, whether Flux has."""
    if facts.policy is None:
        return NO_POLICY.at(Name.SELECTED)
    if isinstance(facts.tags, Unseen):
        return facts.tags.at(Name.SELECTED)
    if facts.target is None:
        return nothing_to_follow(Name.SELECTED)
    why = _not_selected(facts.policy, facts.tags, facts.target)
    if why:
        fix = f"buildtool policy explain {facts.image}"
        return Station(Name.SELECTED, Reached.NO, why, cause=why, fix=fix)
    label = f"ImagePolicy {facts.policy.namespace}:{facts.policy.name}"
    if isinstance(facts.flux, Unseen):
        evidence = f"{label} selects it from the live tags; whether Flux has: {facts.flux.reason}"
        return Station(Name.SELECTED, Reached.YES, evidence)
    return _in_cluster(facts.flux, facts.target, label)


def nothing_to_follow(name: Name) -> Station:
    why = "no tag is published"
    return Station(name, Reached.NO, why, cause=why, fix="buildtool push")


def _not_selected(policy: ImagePolicy, tags: RepositoryTags, target: str) -> str:
    """Why the policy does not select the tag from the live ones; "" where it does."""
    if target not in tags.visible:
        return f"{target} is not among the tags that Flux sees (exclusionList of the ImageRepository)"
    if is_rolled_back(target, tags.every):
        return f"{target} was rolled back: it carries the mark {mark_for(target)}"
    return _not_chosen(policy, tags, target)


def _not_chosen(policy: ImagePolicy, tags: RepositoryTags, target: str) -> str:
    label, found = f"ImagePolicy {policy.namespace}:{policy.name}", select(policy, tags.visible)
    if found.error is not None and found.error.kind is not ErrorClass.NO_MATCH:
        return f"{label} fails: {found.error}"
    if target in found.possible and len(found.possible) > 1:
        others = ", ".join(other for other in found.possible if other != target)
        return f"{label}: the tag ties with {others}, and Flux's choice between them is random"
    if found.winner == target:
        return ""
    order = "not newer" if policy.choice.semver is None else "a lower version"
    return refusal(policy, target) or f"{label} selects {found.winner}: the tag is {order}"


def _in_cluster(flux: ImageObjects, target: str, label: str) -> Station:
    if flux.latest == target:
        time = flux.policy.ready.time if flux.policy.ready is not None else None
        return Station(Name.SELECTED, Reached.YES, f"Flux's {label} has selected it", time)
    stays = f"Flux's {label} has selected {flux.latest or 'nothing'} so far"
    repository = flux.repository
    scan = f"whether it scans: {repository.reason}" if isinstance(repository, Unseen) else repository.trouble()
    trouble = scan or flux.policy.trouble()
    cause = f"{stays}: {trouble}" if trouble else f"{stays}: it finds the tag at its next scan"
    return Station(Name.SELECTED, Reached.NO, stays, cause=cause, fix=_fix_of_scan(repository))


def _fix_of_scan(repository: FluxObject | Unseen) -> str:
    if isinstance(repository, Unseen):
        return repository.fix
    namespace, _, name = repository.name.partition("/")
    return f"flux {'resume' if repository.suspended else 'reconcile'} image repository {name} -n {namespace}"


def _time(tag: str) -> int | None:
    parsed = parse_tag(tag)
    return parsed.time if parsed is not None else None
