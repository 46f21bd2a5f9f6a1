"""A rule: a code that never changes its meaning, how bad it is, why it matters, and what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.findings import Finding, Severity

if TYPE_CHECKING:
    from buildtool.core.findings import Place


class Rule(NamedTuple):
    """`cross` marks a rule that compares files: its findings may be caused by a file other than the one they name."""

    code: str
    title: str
    reason: str
    fix: str
    severity: Severity = Severity.ERROR
    cross: bool = False

    def at(self, place: Place, message: str, *, fix: str = "") -> Finding:
        return Finding(self.code, self.severity, message, self.reason, fix or self.fix, place)
