"""The policy itself: can Flux evaluate it, and which order counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.policy.failure import ErrorClass
from buildtool.core.flux.policy.regex.lost_name import lost_group_name
from buildtool.errors.rules_image_objects import POLICY_INVALID
from buildtool.errors.rules_policies import INVALID_PATTERN, SEVERAL_CHOICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.policy.lints.subject import Facts
    from buildtool.errors.findings import Finding

_ONE_ORDER = "set one of semver (with a range), alphabetical or numerical (order asc or desc)"


def invalid(facts: Facts) -> Iterator[Finding]:
    """policy-invalid, policy-invalid-pattern: Flux refuses the policy and keeps the image it selected before."""
    for error in facts.errors:
        regex = error.kind is ErrorClass.INVALID_REGEX
        if regex:
            chosen = facts.policy.filter
            hint = lost_group_name(chosen.pattern, chosen.extract) if chosen is not None else ""
            yield facts.finding(INVALID_PATTERN, f"{error.message}. {hint}" if hint else error.message)
        else:
            yield facts.finding(POLICY_INVALID, error.message, fix=_ONE_ORDER)


def several(facts: Facts) -> Iterator[Finding]:
    """policy-several-choices: the schema allows more than one, and Flux obeys only the first."""
    first, *ignored = facts.policy.choice.kinds or ("",)
    if ignored:
        yield facts.finding(
            SEVERAL_CHOICES,
            f"{first} and {' and '.join(ignored)} are set; only {first} counts",
            fix=f"delete {' and '.join(ignored)}, or {first}",
        )
