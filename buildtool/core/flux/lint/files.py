"""Files that cannot be read, or that no reader of YAML takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.lint.tree import is_compose, is_workflow
from buildtool.core.flux.marker_name import TOKEN
from buildtool.core.yaml import go_dialect
from buildtool.errors import rules_files
from buildtool.errors.findings import Place
from buildtool.errors.pages import rules_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Source, Tree
    from buildtool.errors.findings import Finding

_OF_YAML = frozenset({"yaml-syntax", "yaml-duplicate-key", "yaml-too-deep", "yaml-bomb", "yaml-too-large"})
_BY_CODE = rules_in(rules_files)


def check(tree: Tree) -> Iterator[Finding]:
    for unread in tree.unread:
        if unread.code not in _OF_YAML or _matters(tree, unread.place.path):
            yield _BY_CODE[unread.code].at(unread.place, unread.message)
    for source in tree.sources.values():
        if source.parsed.problems and _matters(tree, source.path):
            for problem in source.parsed.problems:
                yield _BY_CODE[problem.code].at(Place(source.path, problem.line, problem.column), problem.message)
        elif not source.parsed.problems and source.path not in tree.marks:  # of a file with markers: marker-unread-file
            yield from _refused_by_go(tree, source)


def _refused_by_go(tree: Tree, source: Source) -> Iterator[Finding]:
    refused = go_dialect.refused(source.text)
    if refused is not None and tree.flux.is_applied(source.path):
        message = f"{refused.reason}, which Flux's reader refuses"
        yield rules_files.SYNTAX.at(Place(source.path, refused.line, refused.column), message)


def _matters(tree: Tree, path: str) -> bool:
    """Whether somebody reads the file as YAML: a cluster, GitHub, Compose, or an automation for its setters."""
    if is_workflow(path) or is_compose(path) or tree.flux.is_applied(path):
        return True
    source = tree.sources.get(path)
    return source is not None and TOKEN in source.text
