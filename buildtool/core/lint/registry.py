"""Every rule there is, and the run over a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.lint import (
    api_versions,
    compose,
    configuration,
    files,
    image_objects,
    jobs,
    kustomizations,
    markers,
    notifications,
    policies,
    suppress,
    workflows,
)
from buildtool.core.lint.suppress import apply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.findings import Finding
    from buildtool.core.lint.model import Rule
    from buildtool.core.lint.suppress import Ignore
    from buildtool.core.lint.tree import Tree

FAMILIES = (
    files,
    api_versions,
    image_objects,
    policies,
    markers,
    jobs,
    kustomizations,
    notifications,
    workflows,
    compose,
    configuration,
)


def rules() -> dict[str, Rule]:
    """By code, in the order of the families."""
    return {rule.code: rule for family in (*FAMILIES, suppress) for rule in family.RULES}


def run(tree: Tree, ignores: Mapping[str, list[Ignore]]) -> list[Finding]:
    """All findings in order of place, less those suppressed with a reason."""
    found = (finding for family in FAMILIES for finding in family.check(tree))
    return sorted(
        dict.fromkeys(apply(found, ignores, rules())),
        key=lambda finding: (finding.place is None, finding.place, finding.code, finding.message),
    )
