"""What is wrong with a policy, as findings: each lint is a pure function of the facts, one file per subject.

docs/policies.md has a failing and a passing example of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.policy.lints import choice, extract, order, pattern, values, versions
from buildtool.core.flux.policy.lints.subject import gather

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from buildtool.core.flux.policy.image_policy import ImagePolicy
    from buildtool.core.flux.policy.lints.subject import Facts
    from buildtool.errors.findings import Finding

LINTS: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    choice.invalid,
    choice.several,
    pattern.anchored,
    pattern.dirty,
    pattern.other_branch,
    extract.missing,
    extract.unknown_group,
    extract.constant,
    values.not_numeric,
    values.too_large,
    values.numbers_as_text,
    values.duplicates,
    order.descending,
    order.hashes,
    order.unfiltered,
    order.glued,
    versions.never,
    versions.prereleases,
)


def lint(policy: ImagePolicy, branches: Sequence[str] = (), tags: Iterable[str] = ()) -> list[Finding]:
    """Every finding about the policy, in the order of `LINTS`.

    `branches` are the known deploy branches, `tags` the tags that are really there; both only add to what is found.
    """
    facts = gather(policy, branches, tags)
    return [finding for check in LINTS for finding in check(facts)]
