"""filterTags.extract: which part of the tag is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.errors.findings import Severity
from buildtool.errors.rules_policies import EXTRACT_CONSTANT, EXTRACT_MISSING, EXTRACT_UNKNOWN_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.policy.lints.subject import Facts
    from buildtool.errors.findings import Finding


def missing(facts: Facts) -> Iterator[Finding]:
    """policy-extract-missing: a group without extract does nothing; the whole tag is compared."""
    if facts.filter is None or facts.filter.extract or not facts.filter.tree.groups:
        return
    name = facts.filter.tree.names[1] or "1"
    yield facts.finding(
        EXTRACT_MISSING,
        f"the pattern has a group, and extract is empty: the whole tag is compared, not {name!r}",
        severity=Severity.ERROR if facts.kind == "numerical" else Severity.WARNING,
        fix=f"add extract: '${name}', or write the group as (?:…)",
    )


def unknown_group(facts: Facts) -> Iterator[Finding]:
    """policy-extract-unknown-group: `$tsx` asks for a group called tsx."""
    if facts.filter is None:
        return
    names = [name or str(number) for number, name in enumerate(facts.filter.tree.names) if number]
    for reference in facts.filter.template.references:
        if not reference.groups:
            yield facts.finding(
                EXTRACT_UNKNOWN_GROUP,
                f"extract {facts.filter.extract!r} names the group {reference.name!r}; there is {_listed(names)}",
                fix=f"name an existing group, in braces where text follows: '${{{names[0] if names else 'ts'}}}'",
            )


def constant(facts: Facts) -> Iterator[Finding]:
    """policy-extract-constant: no reference, so that every tag becomes the same text."""
    if facts.filter is not None and facts.filter.extract and not facts.filter.template.references:
        yield facts.finding(
            EXTRACT_CONSTANT,
            f"extract {facts.filter.extract!r} refers to no group: every tag gives that same text",
        )


def fits(facts: Facts) -> bool:
    """Whether none of the findings above says already why the compared text is not what was meant."""
    return not any(True for check in (missing, unknown_group, constant) for _ in check(facts))


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names) or "none"
