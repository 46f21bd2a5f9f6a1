"""The plan of a run, checked against what builder and registry can do, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildtool.usecases.push.mirroring import Mirroring
    from buildtool.usecases.push.options import PushOptions
    from buildtool.usecases.push.plan import Plan
    from buildtool.usecases.push.planner import Planner
    from buildtool.usecases.push.readiness import Readiness
    from buildtool.usecases.push.recorder import Recorder


class Preparation:
    """Everything before the build."""

    def __init__(self, planner: Planner, readiness: Readiness, mirroring: Mirroring, recorder: Recorder) -> None:
        self._planner = planner
        self._readiness = readiness
        self._mirroring = mirroring
        self._recorder = recorder

    def plan(self, options: PushOptions) -> Plan:
        """Raises what planning and the checks of builder and registries raise, before anything is built."""
        plan = self._mirroring.looked(self._readiness.check(self._planner.plan(options)))
        self._recorder.plan(plan)
        return plan
