"""The facts that `verify` and `doctor` print, one line each: ok, warning, failed or skipped."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


MESSAGES = ("evidence", "fix")  # the fields of a fact's document that are for people, and cleaned of secrets


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: what was checked (`subject`, `name`), its state, the evidence, and the command that corrects it."""

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
    """True where no fact failed; warnings and skipped facts do not count."""
    return not any(fact.state is State.FAILED for fact in facts)
