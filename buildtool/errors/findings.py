"""Findings: what a command that changes nothing (check, verify, doctor) has to say against something."""

from __future__ import annotations

from dataclasses import dataclass
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
    """One occurrence of a rule: what is wrong here (`message`), why it matters (`reason`), what to write (`fix`).

    `Rule.at` makes it, so that every code that is printed has a page.
    """

    code: str
    severity: Severity
    message: str
    reason: str = ""
    fix: str = ""
    place: Place | None = None
