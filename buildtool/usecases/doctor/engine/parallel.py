"""Run all checks at the same time, each in a daemon thread with a time limit.

A check that hangs delays neither the other checks nor the end of the command.
"""

from __future__ import annotations

import threading
import time
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.facts import State
from buildtool.core.text.printable import one_line
from buildtool.errors import NO_ANSWER, BuildtoolError
from buildtool.usecases.doctor.engine.interfaces import failed
from buildtool.usecases.doctor.engine.shared import BlockedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.facts import Fact
    from buildtool.usecases.doctor.engine.interfaces import Check


def side_by_side(checks: Sequence[Check]) -> list[Fact]:
    """The facts of all checks, in their order."""
    runs = [_Run(check) for check in checks]
    for run in runs:
        run.start()
    return [fact for run in runs for fact in run.finish()]


class _Run:
    def __init__(self, check: Check) -> None:
        self._check = check
        self._facts: list[Fact] = []
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._until = 0.0

    def start(self) -> None:
        self._until = time.monotonic() + self._check.seconds
        self._thread.start()

    def finish(self) -> list[Fact]:
        self._thread.join(max(0.0, self._until - time.monotonic()))
        hangs = self._thread.is_alive()
        facts = [_one_line(fact) for fact in list(self._facts)]  # what was found before it hung stays
        if hangs:
            words = f"no answer within {self._check.seconds:.0f} s"
            facts.append(self._check.fact(State.FAILED, words, NO_ANSWER.fix))
        return facts

    def _look(self) -> None:
        try:
            for fact in self._check.look():
                self._facts.append(fact)  # one by one: the rest may never come
        except BlockedError as blocked:
            self._facts.append(self._check.fact(State.SKIPPED, str(blocked)))
        except BuildtoolError as error:
            self._facts.append(failed(self._check.subject, self._check.name, error))
        except Exception as error:  # noqa: BLE001 -- our bug: the other checks are worth having all the same
            self._facts.append(self._check.fact(State.FAILED, _bug(error), "this is a bug in buildtool: report it"))


def _one_line(fact: Fact) -> Fact:
    """The fact with printable texts: registries and programs may answer with control characters."""
    return replace(fact, evidence=one_line(" ".join(fact.evidence.split())), fix=one_line(fact.fix))


def _bug(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"this check broke: {type(error).__name__}: {error} (in {last.name}, line {last.lineno})"
