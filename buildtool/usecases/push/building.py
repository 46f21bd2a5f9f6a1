"""Builds the images, pushes them where no policy selects them, and proves them.

An interrupted push is tried again, from the build cache.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.errors import PUSH_INTERRUPTED, REGISTRY_NOT_FOUND, REGISTRY_SCAN, BuildtoolError
from buildtool.usecases.push.bake_targets import candidate_tag, definition_for
from buildtool.usecases.push.cache_notes import CacheNotes
from buildtool.usecases.push.result import Proven

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from buildtool.config import Config
    from buildtool.core.build.definition import BakeDefinition
    from buildtool.usecases.ports import Builder, Clock
    from buildtool.usecases.push.candidates import Candidates
    from buildtool.usecases.push.plan import ImagePlan, Plan
    from buildtool.usecases.push.proving import Prover
    from buildtool.usecases.push.recorder import Recorder

_FIRST_PAUSE = 2.0  # seconds, doubled each time; BuildKit itself has tried for 7 s by then


class Building:
    """Makes the images of a plan: one bake, proven by digest."""

    def __init__(  # the parts of a build, by name
        self, config: Config, builder: Builder, prover: Prover, candidates: Candidates, clock: Clock, recorder: Recorder
    ) -> None:
        self._config = config
        self._builder = builder
        self._prover = prover
        self._candidates = candidates
        self._clock = clock
        self._recorder = recorder
        self._notes = CacheNotes(recorder)

    @contextmanager
    def made(self, plan: Plan) -> Iterator[list[Proven]]:
        """Every image that the plan publishes: in the registry, under no tag that a policy selects, and proven.

        Behind the block candidate tags begin to go; `finish` waits for that.
        """
        with self._candidates.removed_after(plan):
            built = self._build(plan) if plan.to_build else []
            yield built + [proven for image in plan.to_publish if (proven := _published_already(image))]

    def finish(self) -> None:
        self._candidates.finish()

    def noted(self, plan: Plan) -> Plan:
        """The plan with what was said of layer caches as warnings."""
        return replace(plan, warnings=[*plan.warnings, *self._notes.warnings])

    def _build(self, plan: Plan) -> list[Proven]:
        candidate = candidate_tag(self._config, plan)
        place = f"under {candidate}" if candidate else "by digest"
        self._recorder.heading(f"Build and push {place}, where no policy looks")
        with self._candidates.alone(plan):
            self._candidates.remove_held_back(plan)
            proven = self._healing(plan, definition_for(self._config, plan))
        self._recorder.proven(proven)
        return proven

    def _healing(self, plan: Plan, definition: BakeDefinition) -> list[Proven]:
        pause = _FIRST_PAUSE
        for left in range(self._config.push.retries, -1, -1):
            try:
                return self._prover.prove(plan, self._baked(plan, definition))
            except BuildtoolError as error:
                if error.kind is not PUSH_INTERRUPTED or not left:
                    raise
                self._recorder.warn(f"{error.message}; trying again in {pause:.0f} s ({left} left)")
                self._clock.sleep(pause)
                pause *= 2
        raise AssertionError("the loop returns or raises")

    def _baked(self, plan: Plan, definition: BakeDefinition) -> Mapping[str, str]:
        """One bake; continued each time that a Harbor which scans first interrupts it, at most once for each image."""
        for _ in plan.to_build:
            try:
                return self._builder.bake(definition, self._notes.begin())
            except BuildtoolError as error:
                if error.kind is not REGISTRY_SCAN or candidate_tag(self._config, plan) is None:
                    raise self._prover.explained(plan, error) from error
                self._wait_for_scans(plan)
        return self._builder.bake(definition, self._notes.begin())

    def _wait_for_scans(self, plan: Plan) -> None:
        """Wait for Harbor's scan: until it has ended, the docker driver may not read back what it pushed.

        Each image gets its turn: at the first refusal the others may not be pushed yet.
        """
        for image in plan.to_build:
            try:
                self._prover.wait(image.repository, self._config.push.candidate_tag)
            except BuildtoolError as error:
                if error.kind is not REGISTRY_NOT_FOUND:
                    raise


def _published_already(image: ImagePlan) -> Proven | None:
    """An image that gets one more tag on the digest that is published."""
    if image.builds or image.published is None:
        return None
    return Proven(image, image.published.manifest, image.published.proof)
