"""The lints of each ImagePolicy, which stand beside the engine they speak about; here are their names and pages.

The findings bring their own, more exact words. `policy-duplicate-extracts` needs tags that are really there, which no
offline check has: `verify` and `policy explain` say it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.lint import workflow_globs
from buildtool.core.flux.lint.deploys import built_branches
from buildtool.errors.rules_policies import EXCLUDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Tree
    from buildtool.core.flux.manifests import Policy
    from buildtool.errors.findings import Finding


def check(tree: Tree) -> Iterator[Finding]:
    asked = [policy for policy in tree.manifests.found if tree.cares(policy.item.path) and not policy.unreadable]
    if not asked:
        return
    from buildtool.core.flux.policy.lints import lint  # noqa: PLC0415 -- the engine takes 50 ms to import

    branches = [node.text for node in built_branches(tree) if workflow_globs.is_literal(node.text)]
    for policy in asked:
        found = lint(policy.value, branches)
        yield from (one for one in found if tree.settings is not None or one.code not in _OF_OUR_TAGS)
        yield from _excluded(tree, policy)


def _excluded(tree: Tree, policy: Policy) -> Iterator[Finding]:
    """Whether the exclusionList of the ImageRepository hides each tag that the policy's pattern can take."""
    from buildtool.core.flux.policy.exclusion import not_excluded  # noqa: PLC0415
    from buildtool.core.flux.policy.failure import PolicyFailure  # noqa: PLC0415
    from buildtool.core.flux.policy.lints.subject import gather  # noqa: PLC0415

    repositories = tree.manifests.repositories_of(policy)
    if len(repositories) != 1 or not repositories[0].exclusion_list:
        return
    made = [tag for tag, _ in gather(policy.value, (), ()).examples]
    tags = made or _ANY_TAGS
    try:
        left = not_excluded(tags, repositories[0].exclusion_list)
    except PolicyFailure:
        return
    if tags and not left:
        who = f"ImagePolicy {policy.key.replace(':', '/', 1)}"
        example = f", such as {made[0]!r}" if made else ""
        where = f"{repositories[0].place.path}:{repositories[0].place.line}"
        yield EXCLUDED.at(policy.item.place, f"{who}: the exclusionList at {where} hides every tag it takes{example}")


_OF_OUR_TAGS = frozenset({"policy-takes-dirty", "policy-takes-other-branch"})  # they know the form that push makes
_ANY_TAGS = ["1.0.0", "v2.10.3", "main-abc1234-1700000000", "latest", "20240131", "a", "7", "Z_9"]
