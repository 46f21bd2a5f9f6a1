"""The lints of each ImagePolicy, which stand beside the engine they speak about."""

from __future__ import annotations

from typing import TYPE_CHECKING

try:
    from buildtool.core.policy import lint
except ImportError:

    def lint(policy):
        return []


if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.findings import Finding
    from buildtool.core.lint.model import Rule
    from buildtool.core.lint.tree import Tree

RULES: tuple[Rule, ...] = ()


def check(tree: Tree) -> Iterator[Finding]:
    for policy in tree.manifests.policies.values():
        yield from lint(policy)
