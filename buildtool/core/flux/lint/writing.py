"""Which automation writes which marker, and from which policy: the one place where that is decided for the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.substitution import is_unknown
from buildtool.core.flux.tree.sources import Where
from buildtool.core.flux.tree.worlds import is_abandoned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.automations import Automation
    from buildtool.core.flux.lint.marker_scan import Mark
    from buildtool.core.flux.lint.tree import Tree
    from buildtool.core.flux.manifests import Policy


def is_live(tree: Tree, path: str) -> bool:
    """Whether anybody uses the file: it is applied or may be, or it holds no objects (a compose file, chart values)."""
    return tree.flux.is_applied(path) or (not tree.flux.in_file(path) and not is_abandoned(path))


def working(tree: Tree) -> list[Automation]:
    """The automations that work on this repository, or may."""
    return tree.manifests.working


def writers(tree: Tree, path: str, key: str) -> list[Policy]:
    """The policies of this key from which some automation writes markers in the file."""
    return [policy for policy in _named(tree, key) if next(writing(tree, path, policy), None) is not None]


def writing(tree: Tree, path: str, policy: Policy) -> Iterator[Automation]:
    """The automations that write a marker of this policy in the file."""
    for automation in tree.manifests.serving(policy):
        if automation.where is not Where.ELSEWHERE and automation.covers(path):
            yield automation


def written(tree: Tree, *, used: bool = True) -> Iterator[tuple[str, Mark, Policy]]:
    """Every marker that some automation writes, with each policy that it takes the tag from, by path.

    `used`: only in files that somebody uses; Flux writes the others too.
    """
    for path, marks in sorted(tree.marks.items()):
        if (used and not is_live(tree, path)) or tree.sources[path].parsed.broken or marks.skipped:
            continue
        for mark in marks.seen:
            for policy in writers(tree, path, mark.policy):
                yield path, mark, policy


def unreached(tree: Tree, key: str, found: list[Policy]) -> str:
    """Why no automation uses this policy, "" where one does, or where that cannot be known."""
    automations = working(tree)
    if not automations or any(one.where is Where.UNKNOWN or _is_vague(one.namespace) for one in automations):
        return ""
    if any(next(tree.manifests.serving(policy), None) is not None for policy in found):
        return ""
    namespace = key.partition(":")[0]
    if any(world.may_hold_more(namespace) for world in tree.flux.worlds):
        return ""
    named = f"ImagePolicy {key.replace(':', '/', 1)}"
    here = sorted({one.namespace for one in automations})
    if namespace not in here:
        return f"{named} is not in the automation's namespace ({', '.join(here)})"
    return f"{named} does not have the labels of the policySelector"


def is_same(one: Policy, other: Policy) -> bool:
    """Whether two policies select the same tags for all that is known; one that is not known may."""
    if not (one.known and other.known):
        return True
    return one.value.filter == other.value.filter and one.value.choice == other.value.choice


def _named(tree: Tree, key: str) -> list[Policy]:
    return [policy for policy in tree.manifests.named(key) if policy.key == key]


def _is_vague(namespace: str) -> bool:
    return not namespace or is_unknown(namespace)
