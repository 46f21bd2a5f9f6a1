"""Findings: faults that a command reports and then continues (check, push, doctor), with place, reason and fix."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file: path from the root of the repository, line and column from 1 (0 where not known)."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.path, *(str(n) for n in (self.line, self.column) if n)])


@dataclass(frozen=True, slots=True)
class Finding:
    """One occurrence of a rule: what is wrong at this place, why it matters, and what to write instead.

    `Rule.at` and `Kind.at` make it, so that every code that is printed has a page.
    """

    code: str
    severity: Severity
    message: str
    reason: str = ""
    fix: str = ""
    place: Place | None = None

    @property
    def sentence(self) -> str:
        """What is wrong and why it matters, in one line without a full stop."""
        return f"{self.message}: {self.reason.rstrip('.')}" if self.reason else self.message

    @property
    def warning(self) -> str:
        """The same with what to do about it."""
        return f"{self.sentence} ({self.fix})" if self.fix else self.sentence
