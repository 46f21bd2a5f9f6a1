"""Rules of `check` about files that cannot be read, or are not YAML."""

from __future__ import annotations

from buildtool.errors.pages import Rule

UNREADABLE = Rule(
    code="file-unreadable",
    title="a file cannot be read",
    meaning="the file is not a regular file, may not be read, or is not UTF-8.",
    reason="the file is not checked; Flux reads the same commit and may fail on it.",
    fix="commit a regular file that everyone may read, in UTF-8",
)
OUTSIDE = Rule(
    code="file-outside",
    title="a path leads out of the repository",
    meaning="a link, or a path in a file, leads to a place outside the repository.",
    reason="Flux sees only what is in the commit: there the link leads nowhere.",
    fix="name a file of this repository, or replace the link by its content",
)
TOO_LARGE = Rule(
    code="yaml-too-large",
    title="a YAML file is too large to be a manifest",
    meaning="the file holds more characters than any manifest may have.",
    reason=(
        "an object in Kubernetes holds 1.5 MB at most; a file this large is no manifest, and reading it would "
        "take long."
    ),
    fix="keep data out of the folders of manifests, or split the file",
)
SYNTAX = Rule(
    code="yaml-syntax",
    title="a file is not YAML",
    meaning="YAML parsers stop at the line named.",
    reason="Flux fails the whole Kustomization that contains the file, and updates no setter in it.",
    fix="correct the line; a template belongs into a chart, not among manifests",
)
DUPLICATE = Rule(
    code="yaml-duplicate-key",
    title="a key appears twice in one mapping",
    meaning="one mapping has the same key two times.",
    reason="kustomize refuses the file; other parsers take one of the two values without an error.",
    fix="keep one of the two",
)
TOO_DEEP = Rule(
    code="yaml-too-deep",
    title="a YAML file is nested too deeply",
    meaning="lists and mappings are nested more than a hundred levels deep.",
    reason="no manifest needs a hundred levels; parsers end with an error or run out of stack.",
    fix="remove the nesting",
)
BOMB = Rule(
    code="yaml-bomb",
    title="aliases make too many values",
    meaning="the aliases (`*name`) of the file refer to values that hold further aliases, and so on.",
    reason="a few lines of anchors become millions of values: Flux's reader and kubectl refuse such a file.",
    fix="write the values out, without anchors and aliases",
)
