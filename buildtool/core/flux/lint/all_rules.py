"""The run of every family of rules over a tree."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from buildtool.core.flux.lint.suppress import Ignore
    from buildtool.core.flux.lint.tree import Tree
    from buildtool.errors.findings import Finding


class Family(Protocol):
    """A module of this package whose `check` gives the findings of one file of `buildtool.errors.rules_*`."""

    def check(self, tree: Tree) -> Iterator[Finding]: ...


# Those of the second line speak about Flux's objects and the settings only: a hook that changed neither spares them.
_ALWAYS = ("files", "api_versions", "markers", "jobs", "workflows", "compose")
_WIDE = (
    "schemas",
    "image_objects",
    "message_templates",
    "policies",
    "kustomizations",
    "notifications",
    "configuration",
)


def families() -> list[Family]:
    """Every family of rules."""
    return _imported((*_ALWAYS, *_WIDE))


def _needed(tree: Tree) -> list[Family]:
    """Those that can find something: each family costs a millisecond or two to import."""
    if tree.wide:
        return families()
    broken = tree.unread or any(source.parsed.problems for source in tree.sources.values())
    spared = {
        "files": not broken and not tree.sources,
        "workflows": next(iter(tree.workflows()), None) is None and ".gitlab-ci.yml" not in tree.sources,
        "markers": not tree.marks,
        "compose": not tree.sources,
        "jobs": not tree.sources,
        "api_versions": not tree.sources,
    }
    return _imported(tuple(name for name in _ALWAYS if not spared[name]))


def _imported(names: tuple[str, ...]) -> list[Family]:
    modules: list[Any] = [importlib.import_module(f"buildtool.core.flux.lint.{name}") for name in names]
    return modules


def run(tree: Tree, ignores: Mapping[str, list[Ignore]]) -> list[Finding]:
    """All findings in order of place, less those suppressed with a reason."""
    found: list[Finding] = [finding for family in _needed(tree) for finding in family.check(tree)]
    if any(ignores.values()):
        from buildtool.core.flux.lint.suppress import apply  # noqa: PLC0415
        from buildtool.errors.catalogue import check_rules  # noqa: PLC0415

        found = list(apply(found, ignores, check_rules()))
    return sorted(
        dict.fromkeys(found),
        key=lambda finding: (finding.place is None, finding.place, finding.code, finding.message),
    )
