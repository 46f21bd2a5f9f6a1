"""The plan of a run, checked against what builder and registry can do, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.image.makings import with_making
from buildtool.usecases.push.same_result import SAME_RESULT

if TYPE_CHECKING:
    from buildtool.usecases.ports import SameResults
    from buildtool.usecases.push.mirroring import Mirroring
    from buildtool.usecases.push.options import PushOptions
    from buildtool.usecases.push.plan import Plan
    from buildtool.usecases.push.planner import Planner
    from buildtool.usecases.push.readiness import Readiness
    from buildtool.usecases.push.recorder import Recorder


class Preparation:
    """Everything before the build."""

    def __init__(
        self,
        planner: Planner,
        readiness: Readiness,
        mirroring: Mirroring,
        recorder: Recorder,
        same_results: SameResults | None = None,
    ) -> None:
        self._same_results = same_results
        self._planner = planner
        self._readiness = readiness
        self._mirroring = mirroring
        self._recorder = recorder

    def plan(self, options: PushOptions) -> Plan:
        """Raises what planning and the checks of builder and registries raise, before anything is built."""
        plan = self._mirroring.looked(self._readiness.check(self._planner.plan(options)))
        self._recorder.plan(plan)
        return plan

    def remember(self, plan: Plan) -> None:
        """Keep for the next run on this machine what was built again with the content that is published.

        The labels of that image name what it was made from first, so that the next run would build it once more.
        """
        if self._same_results is None:
            return
        for image in plan.images:
            if image.why == SAME_RESULT and image.published is not None and image.inputs.digest:
                known = with_making(image.published.equal, image.inputs.making)
                self._same_results.put(image.published.proof.digest, known)
