"""The fixes that `doctor --fix` runs: they change this clone or this user's git settings, and delete nothing."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.facts import State
from buildtool.errors import BuildtoolError
from buildtool.usecases.doctor.checks.git import GIT, UNSHALLOW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.core.facts import Fact
    from buildtool.usecases.doctor.engine.interfaces import GitSetup

_TRUST = ("git", "config", "--global", "--add", "safe.directory")


@dataclass(frozen=True, slots=True)
class Repair:
    """`problem` is why it could not be done, None when it was."""

    command: str
    problem: str | None = None


def repair(git: GitSetup, facts: Iterable[Fact]) -> list[Repair]:
    """Run the fixes that are safe; every other fix is left to a person."""
    wanted = (fact.fix for fact in facts if fact.subject == GIT and fact.state in {State.FAILED, State.WARNING})
    return [_run(git, fix) for fix in dict.fromkeys(wanted) if _is_safe(fix)]


def _is_safe(fix: str) -> bool:
    try:
        argv = tuple(shlex.split(fix))
    except ValueError:  # words for a person
        return False
    return argv == UNSHALLOW or (argv[:-1] == _TRUST and argv[-1].startswith("/"))


def _run(git: GitSetup, fix: str) -> Repair:
    try:
        git.run(shlex.split(fix)[1:])
    except BuildtoolError as error:
        return Repair(fix, error.message)
    return Repair(fix)
