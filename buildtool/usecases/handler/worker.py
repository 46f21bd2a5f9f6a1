"""One alert after the other, and a look at the stations when somebody wants one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.handler.objections import Refusal
from buildtool.core.handler.records import Decision, Result
from buildtool.errors import BuildtoolError
from buildtool.usecases.handler.journal import Sighting

if TYPE_CHECKING:
    from collections.abc import Callable

    from buildtool.core.handler.alerts import Alert
    from buildtool.usecases.handler.act import RollbackHandler
    from buildtool.usecases.handler.intake import Intake
    from buildtool.usecases.handler.journal import Journal
    from buildtool.usecases.handler.view import DeployBranchViews
    from buildtool.usecases.ports import Clock


class Worker:
    """The only one that uses the clone: everything in here happens one after the other."""

    def __init__(
        self, intake: Intake, journal: Journal, handler: RollbackHandler, branch: DeployBranchViews, clock: Clock
    ) -> None:
        self._intake = intake
        self._journal = journal
        self._handler = handler
        self._branch = branch
        self._clock = clock

    def run(self, bug: Callable[[Exception], str]) -> None:
        """Until the intake is closed; `bug` reports what nobody foresaw, and gives one sentence about it."""
        while not self._intake.closed:
            alert = self._intake.take()
            if alert is None:
                if not self._intake.closed:
                    self._look(bug)
                continue
            try:
                self._journal.add(*self._handler.handle(alert, self._intake.recovered(alert)))
            except Exception as error:  # noqa: BLE001 -- the next alert must find a worker
                self._journal.add(self._failed(alert, bug(error)))
            finally:
                self._intake.done()

    def end(self) -> None:
        """Let the present alert be finished, and say of those that wait that nobody handles them."""
        for alert in self._intake.close():
            reason = "the service ends: Flux tells of the failure again"
            self._journal.add(
                Decision(self._clock.now(), Result.REFUSED, reason, Refusal.BUSY, alert.subject, alert.commit)
            )

    def _look(self, bug: Callable[[Exception], str]) -> None:
        now = self._clock.now()
        try:
            view = self._branch.newest()
            journeys = view.look.at(list(view.config.images.values()), {})
            self._journal.saw(Sighting(now, view.branch, view.head, journeys))
        except BuildtoolError as error:
            self._journal.saw(Sighting(now, problem=f"{error.kind.code}: {error.message}"))
        except Exception as error:  # noqa: BLE001
            self._journal.saw(Sighting(now, problem=bug(error)))

    def _failed(self, alert: Alert, reason: str) -> Decision:
        return Decision(self._clock.now(), Result.FAILED, reason, None, alert.subject, alert.commit)
