"""The three kinds of pages that `buildtool explain CODE` prints: Kind, Rule and FluxAnswer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.errors.findings import Finding, Severity

if TYPE_CHECKING:
    from types import ModuleType

    from buildtool.errors.exits import Exit
    from buildtool.errors.findings import Place


@dataclass(frozen=True, kw_only=True, eq=False)
class Page(ABC):
    """One code and its explanation. The meaning of a code never changes.

    `title` is one line without a full stop; `meaning` says what the code stands for, `reason` why it matters, both in
    whole sentences; `fix` is the next command, or what to write instead.
    """

    code: str
    title: str
    meaning: str
    reason: str
    fix: str

    @property
    @abstractmethod
    def outcome(self) -> str:
        """The effect on the command: its exit code, or the usual severity."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind(Page):
    """A failure that ends a command. A `BuildtoolError` is one occurrence.

    Where a command only reports what would end another one (doctor, for push), one occurrence is a `Finding`.
    """

    exit: Exit

    @property
    def outcome(self) -> str:
        return f"exit code {self.exit.value}"

    def at(  # the words that are more exact for this occurrence, by name
        self, place: Place | None, message: str, *, reason: str = "", fix: str = "", severity: Severity = Severity.ERROR
    ) -> Finding:
        """A finding with the words of the failure; one of severity error ends a command (`raise_first`)."""
        return Finding(self.code, severity, message, reason or self.reason, fix or self.fix, place)


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule(Page):
    """A fault that a command reports and then continues. A `Finding` is one occurrence.

    `cross`: the rule compares files, so that the cause may be in another file than the one that is named.
    """

    severity: Severity = Severity.ERROR
    cross: bool = False

    @property
    def outcome(self) -> str:
        return self.severity.value

    def at(self, place: Place | None, message: str, *, fix: str = "", severity: Severity | None = None) -> Finding:
        """A finding at this place, with the texts of the rule where no more exact one is given."""
        return Finding(self.code, severity or self.severity, message, self.reason, fix or self.fix, place)


@dataclass(frozen=True, kw_only=True, eq=False)
class FluxAnswer(Page):
    """Why Flux selects no tag, or leaves one out: a word of `policy eval` and `policy explain --json`."""

    @property
    def outcome(self) -> str:
        return "answer of Flux"


def rules_in(module: ModuleType) -> dict[str, Rule]:
    """The rules that a module of the catalogue defines, by code, in its order."""
    return {rule.code: rule for rule in vars(module).values() if isinstance(rule, Rule)}
