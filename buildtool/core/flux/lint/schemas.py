"""Every object of Flux against the schema that the API server holds it to.

An object that is refused is judged by no other rule: what they would say follows from the one mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.lint import versions
from buildtool.core.flux.schema.crds import FLUX
from buildtool.core.flux.schema.validate import validate
from buildtool.errors.rules_schemas import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Tree
    from buildtool.errors.findings import Finding

_FLUX = ".toolkit.fluxcd.io"
_PACKAGED = tuple(int(number) for number in FLUX.split("."))


def check(tree: Tree) -> Iterator[Finding]:
    known = versions.stated(tree)
    for item in tree.objects:
        if item.group.endswith(_FLUX) and not _is_newer(versions.of_object(item, known)):
            for problem in validate(item):
                yield REFUSED.at(problem.place, f"{item}: {problem}", fix=problem.fix)


def _is_newer(releases: set[versions.Release]) -> bool:
    """Whether a cluster states a Flux that may have fields which the packaged schemas do not have."""
    return any(release > _PACKAGED for release in releases)
