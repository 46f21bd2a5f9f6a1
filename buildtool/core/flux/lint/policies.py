"""The lints of each ImagePolicy, which stand beside the engine they speak about; here are their names and pages.

The findings bring their own, more exact words. `policy-duplicate-extracts` needs tags that are really there, which no
offline check has: `verify` and `policy explain` say it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.lint import workflow_globs as globs
from buildtool.core.flux.lint.deploys import built_branches
from buildtool.core.flux.manifests import IMAGE_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Tree
    from buildtool.errors.findings import Finding


def check(tree: Tree) -> Iterator[Finding]:
    asked = {item.key for item in tree.of(IMAGE_GROUP, "ImagePolicy") if tree.cares(item.path)}
    if not asked:
        return
    from buildtool.core.flux.policy.lints import lint  # noqa: PLC0415 -- the engine takes 50 ms to import

    branches = [node.text for node in built_branches(tree) if globs.is_literal(node.text)]
    for key in tree.manifests.policies.keys() & asked:
        yield from lint(tree.manifests.policies[key], branches)
