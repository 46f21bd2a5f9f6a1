"""Findings: the verdict of every read-only use case (check, policy lints, verify, doctor)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where: a path relative to the repository's root, line and column counted from 1; 0 where there is none."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.path, *(str(n) for n in (self.line, self.column) if n)])


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact that is wrong: what (`message`), why it matters (`reason`), and what to write instead (`fix`)."""

    code: str
    severity: Severity
    message: str
    reason: str = ""
    fix: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one run, in order of place."""

    findings: tuple[Finding, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """True when nothing of severity error was found."""
        return not any(f.severity is Severity.ERROR for f in self.findings)
