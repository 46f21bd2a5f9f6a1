"""Facts established about something, one by one: what `verify` and `doctor` report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: what was looked at, how it stands, what shows it, and the command that mends it."""

    subject: str
    name: str
    state: State
    evidence: str
    fix: str = ""

    def document(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "name": self.name,
            "state": self.state.value,
            "evidence": self.evidence,
            "fix": self.fix,
        }


def all_well(facts: Iterable[Fact]) -> bool:
    """No fact failed; warnings and what was skipped do not count."""
    return not any(fact.state is State.FAILED for fact in facts)
