"""Semver ranges that select less than they seem to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.policy.constraint import ConstraintError, parse_constraint
from buildtool.core.flux.policy.version import Version, parse_tag, parse_version
from buildtool.errors.findings import Severity
from buildtool.errors.rules_policies import PRERELEASES_EXCLUDED, RANGE_NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.policy.constraint import Constraint, Group
    from buildtool.core.flux.policy.lints.subject import Facts
    from buildtool.errors.findings import Finding


def never(facts: Facts) -> Iterator[Finding]:
    """policy-range-never: no version is inside."""
    constraint = _constraint(facts)
    if constraint is None:
        return
    empty = [group for group in constraint.groups if not _satisfiable(group)]
    if empty and len(empty) == len(constraint.groups):
        yield facts.finding(
            RANGE_NEVER,
            f"no version can be inside the range {constraint.text!r}",
        )


def prereleases(facts: Facts) -> Iterator[Finding]:
    """policy-prereleases-excluded: a range that names no prerelease ignores all prereleases."""
    constraint = _constraint(facts)
    if constraint is None or any(group.prereleases for group in constraint.groups):
        return
    versions = [version for _, key in facts.examples if (version := parse_tag(key)) is not None]
    made = [version for version in versions if version.pre] if all(version.pre for version in versions) else []
    real = [version for _, key in facts.real if (version := parse_tag(key)) is not None and version.pre]
    left_out = [version for version in real if constraint.check(Version(version.text, version.release))] or made
    if left_out:
        yield facts.finding(
            PRERELEASES_EXCLUDED,
            f"prereleases such as {left_out[0].text!r} are passed over by the range {constraint.text!r}",
            severity=Severity.ERROR if made else Severity.WARNING,
        )


def _constraint(facts: Facts) -> Constraint | None:
    if facts.policy.choice.semver is None:
        return None
    try:
        return parse_constraint(facts.policy.choice.semver)
    except ConstraintError:
        return None


def _satisfiable(group: Group) -> bool:
    """Tries every version at which the answer of a term can change: if none is inside, nothing is."""
    return any(group.check(version) for version in _edges(group))


def _edges(group: Group) -> Iterator[Version]:
    releases = {(0, 0, 0)}
    names = {"", "0"}
    for term in group.terms:
        major, minor, patch = term.version.release
        releases |= {(major, minor, patch), (major, minor, patch + 1), (major, minor + 1, 0), (major + 1, 0, 0)}
        names |= {term.version.pre, f"{term.version.pre}.0"} if term.version.pre else set()
    for release in sorted(releases):
        for pre in sorted(names if group.prereleases else {""}):
            version = parse_version(".".join(map(str, release)) + (f"-{pre}" if pre else ""))
            if version is not None:
                yield version
