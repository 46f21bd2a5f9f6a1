"""The worker outlives whatever an alert or a look does to it."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from buildtool.core.handler.alerts import Alert
from buildtool.core.handler.objections import Refusal
from buildtool.core.handler.records import Decision, Result
from buildtool.errors import GIT_REMOTE, BuildtoolError
from buildtool.usecases.handler.intake import Intake
from buildtool.usecases.handler.journal import Journal
from buildtool.usecases.handler.worker import Worker
from tests.support.clock import PatientClock

if TYPE_CHECKING:
    from buildtool.usecases.handler.act import RollbackHandler
    from buildtool.usecases.handler.view import DeployBranchViews

ALERT = Alert("Kustomization", "ns:web", "error", "HealthCheckFailed", "", "main", "a" * 40, 100)


class Service:
    """A handler and a branch that do what they are told."""

    def __init__(self) -> None:
        self.intake, self.told = Intake(), list[Decision]()
        self.journal = Journal(self.told.append)
        self.error: Exception | None = None
        self.handled: list[tuple[Alert, int | None]] = []
        parts = cast("RollbackHandler", self), cast("DeployBranchViews", self)
        self.worker = Worker(self.intake, self.journal, *parts, PatientClock(5))
        self.bugs: list[Exception] = []

    def handle(self, alert: Alert, recovered: int | None) -> list[Decision]:
        self.handled.append((alert, recovered))
        if self.error is not None:
            raise self.error
        return [Decision(5, Result.REFUSED, "for a test", Refusal.UNCLEAR, alert.subject)]

    def newest(self) -> Any:
        assert self.error is not None
        raise self.error

    def run(self) -> None:
        """Handle what waits, then end."""
        thread = threading.Thread(target=lambda: self.worker.run(self.bug))
        thread.start()
        self.journal.wait_for_sighting(0, 20)
        self.worker.end()
        thread.join(20)
        assert not thread.is_alive()

    def bug(self, error: Exception) -> str:
        self.bugs.append(error)
        return "a bug"


def test_alerts_one_after_the_other_with_what_was_heard_since() -> None:
    service = Service()
    service.error = BuildtoolError(GIT_REMOTE, "it does not answer")
    service.intake.note_recovery(replace(ALERT, time=70))
    service.intake.submit(ALERT)
    service.intake.ask_for_look()
    service.error = None
    service.handle(ALERT, None)
    service.handled.clear()
    service.error = RuntimeError("nobody foresaw it")
    service.run()
    assert service.handled == [(ALERT, 70)]
    assert [one.result for one in service.told] == [Result.FAILED]
    assert service.told[0].reason == "a bug"
    assert len(service.bugs) == 2  # the alert's, and the look's
    assert service.journal.sighting is not None
    assert service.journal.sighting.problem == "a bug"


def test_a_look_that_fails_says_why() -> None:
    service = Service()
    service.error = BuildtoolError(GIT_REMOTE, "it does not answer")
    service.intake.ask_for_look()
    service.run()
    assert service.journal.sighting is not None
    assert service.journal.sighting.problem == "git-remote: it does not answer"
    assert service.bugs == []


def test_what_waits_at_the_end_is_told() -> None:
    service = Service()
    service.intake.submit(ALERT)
    service.worker.end()
    service.worker.run(service.bug)
    assert [(one.refusal, one.subject) for one in service.told] == [(Refusal.BUSY, "ns:web")]
    assert service.handled == []
