"""Facts as lines for people: state, subject and name, evidence, fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.cli.output import Styled
from buildtool.core.facts import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.cli.output import Output
    from buildtool.core.facts import Fact

_MARKS = {
    State.OK: Styled("ok     ", "green"),
    State.WARNING: Styled("warning", "yellow"),
    State.FAILED: Styled("FAILED ", "red", bold=True),
    State.SKIPPED: Styled("skipped", dim=True),
}


def show(output: Output, facts: Iterable[Fact]) -> None:
    """One line a fact, and one for its fix."""
    listed = list(facts)
    width = max((len(f"{fact.subject} {fact.name}") for fact in listed), default=0)
    for fact in listed:
        label = f"{fact.subject} {fact.name}".ljust(width)
        output.data([_MARKS[fact.state], f"  {label}  {fact.evidence}"])
        if fact.fix and fact.state in {State.FAILED, State.WARNING}:
            output.data(f"         {' ' * width}  fix: {fact.fix}")
