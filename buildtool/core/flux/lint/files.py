"""Files that cannot be read, or that no reader of YAML takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.findings import Place
from buildtool.core.flux.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.findings import Finding
    from buildtool.core.flux.lint.tree import Tree

UNREADABLE = Rule(
    "file-unreadable",
    "a file cannot be read",
    "what cannot be read is not checked, and Flux, which reads the same commit, may fail on it.",
    "commit a regular file that everyone may read, in UTF-8",
)
OUTSIDE = Rule(
    "file-outside",
    "a path leads out of the repository",
    "Flux sees only what is in the commit: a link to somewhere else is dangling there.",
    "name a file of this repository, or replace the link by its content",
)
TOO_LARGE = Rule(
    "yaml-too-large",
    "a YAML file is too large to be a manifest",
    "an object in Kubernetes holds 1.5 MB at most; a file this large is no manifest, and reading it would take long.",
    "keep data out of the folders of manifests, or split the file",
)
SYNTAX = Rule(
    "yaml-syntax",
    "a file is not YAML",
    "Flux fails the whole Kustomization that contains it, and silently leaves every setter in it alone.",
    "correct the line; a template belongs into a chart, not among manifests",
)
DUPLICATE = Rule(
    "yaml-duplicate-key",
    "a key appears twice in one map",
    "kustomize refuses the file; other readers take one of the two values without a word.",
    "keep one of the two",
)
TOO_DEEP = Rule(
    "yaml-too-deep",
    "a YAML file is nested too deeply",
    "no manifest needs a hundred levels; readers end with an error or run out of stack.",
    "remove the nesting",
)
BOMB = Rule(
    "yaml-bomb",
    "aliases expand without end",
    "a few lines of anchors become millions of values: Flux's reader and kubectl refuse such a file.",
    "write the values out",
)
RULES = (UNREADABLE, OUTSIDE, TOO_LARGE, SYNTAX, DUPLICATE, TOO_DEEP, BOMB)
_BY_CODE = {rule.code: rule for rule in RULES}


def check(tree: Tree) -> Iterator[Finding]:
    for unread in tree.unread:
        yield _BY_CODE[unread.code].at(unread.place, unread.message)
    for source in tree.sources.values():
        for problem in source.parsed.problems:
            yield _BY_CODE[problem.code].at(Place(source.path, problem.line, problem.column), problem.message)
