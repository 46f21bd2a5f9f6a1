"""The policy itself: can Flux evaluate it, and which order counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.findings import Severity
from buildtool.core.flux.policy.failure import ErrorClass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.findings import Finding
    from buildtool.core.flux.policy.lints.subject import Facts


def invalid(facts: Facts) -> Iterator[Finding]:
    """policy-invalid, policy-invalid-pattern: Flux refuses the policy and keeps the image it selected before."""
    for error in facts.errors:
        regex = error.kind is ErrorClass.INVALID_REGEX
        yield facts.finding(
            "policy-invalid-pattern" if regex else "policy-invalid",
            Severity.ERROR,
            error.message,
            "Flux stalls the policy and goes on writing the image it selected before, without a word in git",
            "write the pattern in RE2 (no lookaround, no backreference)"
            if regex
            else "set one of semver (with a range), alphabetical or numerical (order asc or desc)",
        )


def several(facts: Facts) -> Iterator[Finding]:
    """policy-several-choices: the schema allows more than one, and Flux obeys only the first."""
    first, *ignored = facts.policy.choice.kinds or ("",)
    if ignored:
        yield facts.finding(
            "policy-several-choices",
            Severity.ERROR,
            f"{first} and {' and '.join(ignored)} are set; only {first} counts",
            "Flux takes the first of semver, alphabetical, numerical and ignores the others without an error",
            f"delete {' and '.join(ignored)}, or {first}",
        )
