"""Files that cannot be read, or that no reader of YAML takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.errors import rules_files
from buildtool.errors.findings import Place
from buildtool.errors.pages import rules_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Tree
    from buildtool.errors.findings import Finding

_BY_CODE = rules_in(rules_files)


def check(tree: Tree) -> Iterator[Finding]:
    for unread in tree.unread:
        yield _BY_CODE[unread.code].at(unread.place, unread.message)
    for source in tree.sources.values():
        for problem in source.parsed.problems:
            yield _BY_CODE[problem.code].at(Place(source.path, problem.line, problem.column), problem.message)
