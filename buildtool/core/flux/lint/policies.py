"""The lints of each ImagePolicy, which stand beside the engine they speak about; here are their names and pages.

The findings bring their own, more exact words. `policy-duplicate-extracts` needs tags that are really there, which no
offline check has: `verify` and `policy explain` say it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.findings import Severity
from buildtool.core.flux.lint import workflow_globs as globs
from buildtool.core.flux.lint.deploys import built_branches
from buildtool.core.flux.lint.rule import Rule
from buildtool.core.flux.manifests import IMAGE_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.findings import Finding
    from buildtool.core.flux.lint.tree import Tree

RULES = (
    Rule(
        "policy-invalid-pattern",
        "a pattern that Flux's regular expressions do not have",
        "Flux stalls the policy and goes on writing the image it selected before.",
        "write the pattern in RE2: no lookaround, no backreference",
    ),
    Rule(
        "policy-several-choices",
        "a policy with more than one order",
        "Flux takes the first of semver, alphabetical, numerical and ignores the others without an error.",
        "delete all but one",
    ),
    Rule(
        "policy-extract-missing",
        "a pattern with a group, and no extract",
        "without extract Flux compares whole tags, which are no numbers and do not sort by time.",
        "add extract: '$ts', or write the group as (?:…)",
    ),
    Rule(
        "policy-extract-unknown-group",
        "an extract that names a group the pattern does not have",
        "an unknown group is the empty text, no error; its name is the longest run of letters, digits and _.",
        "name an existing group, in braces where text follows: '${ts}'",
    ),
    Rule(
        "policy-extract-constant",
        "an extract that is the same for every tag",
        "tags with one extracted text collapse into one, and the byte-smallest of them stands for all.",
        "refer to a group: '$ts'",
    ),
    Rule(
        "policy-not-anchored",
        "a pattern without anchors",
        "Flux searches the pattern anywhere in the tag, so it also takes tags that only contain what it describes.",
        "begin the pattern with ^ and end it with $, around the whole alternation: ^(?:a|b)$",
    ),
    Rule(
        "policy-takes-dirty",
        "a pattern that takes builds with uncommitted changes",
        "`push --allow-dirty` marks such builds so that they are never deployed; this pattern deploys them.",
        "let the pattern take exactly branch-sha-time",
    ),
    Rule(
        "policy-takes-other-branch",
        "a pattern that takes another branch's builds",
        "the newest build wins whatever its branch: a push to that branch deploys it.",
        "let the pattern take exactly branch-sha-time of the deploy branch",
    ),
    Rule(
        "policy-not-numeric",
        "a numerical policy over text that is no number",
        "a single tag whose text is no number makes Flux select nothing at all.",
        "extract digits only: (?P<ts>[0-9]{10}) with extract: '$ts'",
    ),
    Rule(
        "policy-number-too-large",
        "numbers beyond 2^53",
        "Flux compares float64: above 2^53 different numbers are equal, and its choice between them is random.",
        "use unix seconds (10 digits)",
    ),
    Rule(
        "policy-alphabetical-numbers",
        "numbers of different length in alphabetical order",
        'as text "9" comes after "10": the newest build stops winning when the number of digits changes.',
        "write numerical: {order: asc}",
    ),
    Rule(
        "policy-range-never",
        "a semver range that no version is inside",
        "the terms contradict each other: Flux selects nothing and keeps the image it selected before.",
        "write a range that a version can satisfy: '>=1.0.0 <2.0.0'",
    ),
    Rule(
        "policy-prereleases-excluded",
        "a semver range that passes over prereleases",
        "Flux takes prereleases only where the range itself names one.",
        "add -0 to the lower bound to take them: '>=1.0.0-0'; or keep them out with the pattern",
        Severity.WARNING,
    ),
)


def check(tree: Tree) -> Iterator[Finding]:
    asked = {item.key for item in tree.of(IMAGE_GROUP, "ImagePolicy") if tree.cares(item.path)}
    if not asked:
        return
    from buildtool.core.flux.policy.lints import lint  # noqa: PLC0415 -- the engine takes 50 ms to import

    branches = [node.text for node in built_branches(tree) if globs.is_literal(node.text)]
    for key in tree.manifests.policies.keys() & asked:
        yield from lint(tree.manifests.policies[key], branches)
