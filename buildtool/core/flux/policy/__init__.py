"""Flux's selection, exactly: an ImagePolicy and tags in, a Selection out.

select(policy, tags)            what Flux selects: winner, every reachable answer, error, runners-up, who is left out
explain_mismatch(policy, tag)   why one tag does not take part
refusal(policy, tag)            the same as a sentence with the policy and the tag, "" where the policy takes it
newest_number(policy, tags)     the greatest number extracted, for the next timestamp
lint(policy, branches, tags)    what is wrong with a policy, as findings
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.policy.evaluate import newest_number, select
from buildtool.core.flux.policy.failure import ErrorClass, PolicyError
from buildtool.core.flux.policy.image_policy import Candidate, Choice, FilterTags, ImagePolicy, Mismatch, Selection
from buildtool.core.flux.policy.mismatch import explain_mismatch
from buildtool.core.flux.policy.refusal import refusal, takes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from buildtool.errors.findings import Finding

__all__ = [
    "Candidate",
    "Choice",
    "ErrorClass",
    "FilterTags",
    "ImagePolicy",
    "Mismatch",
    "PolicyError",
    "Selection",
    "explain_mismatch",
    "lint",
    "newest_number",
    "refusal",
    "select",
    "takes",
]


def lint(policy: ImagePolicy, branches: Sequence[str] = (), tags: Iterable[str] = ()) -> list[Finding]:
    """Every finding about the policy; `branches` are the known deploy branches, `tags` those really there."""
    from buildtool.core.flux.policy import lints  # noqa: PLC0415 -- start-up: only `check` needs them

    return lints.lint(policy, branches, tags)
