"""The form of a page, which is what `buildtool explain CODE` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.errors.findings import Finding, Severity

if TYPE_CHECKING:
    from types import ModuleType

    from buildtool.errors.exits import Exit
    from buildtool.errors.findings import Place


@dataclass(frozen=True, kw_only=True, eq=False)
class Page:
    """A code that never changes its meaning, explained.

    `title` is one line without a full stop; `meaning` says what the code stands for, `reason` why it matters, both in
    whole sentences; `fix` is the next command, or what to write instead.
    """

    code: str
    title: str
    meaning: str
    reason: str
    fix: str

    @property
    def outcome(self) -> str:
        """What the code does to the command that prints it: its exit code or its usual severity."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind(Page):
    """A failure that ends a command; a `BuildtoolError` is one occurrence.

    Where one command only tells what ends another (doctor, for push), one occurrence is a `Finding`.
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
    """A fault that a command finds and goes on; a `Finding` is one occurrence.

    `cross` marks a rule that compares files: its findings may be caused by a file other than the one they name.
    """

    severity: Severity = Severity.ERROR
    cross: bool = False

    @property
    def outcome(self) -> str:
        return self.severity.value

    def at(self, place: Place | None, message: str, *, fix: str = "", severity: Severity | None = None) -> Finding:
        """A finding with the words of the rule, except those that are more exact for this occurrence."""
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
