"""What a person sees while `push` runs, and at its end; all of it on stderr, except the table of results."""

from __future__ import annotations

import sys
import textwrap
import time
from collections import deque
from typing import TYPE_CHECKING

from buildtool.cli.push_times import PhaseTimes
from buildtool.cli.status_report import line
from buildtool.core.build.board import Board
from buildtool.core.build.events import Step
from buildtool.core.build.placement import placements
from buildtool.core.text.units import size
from buildtool.usecases.push.further import FurtherFate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.cli.output import Output
    from buildtool.core.build.builder import BuilderFacts
    from buildtool.core.build.events import BuildEvent
    from buildtool.core.status.journey import Journey
    from buildtool.usecases.push.further import Further
    from buildtool.usecases.push.plan import ImagePlan, Plan
    from buildtool.usecases.push.result import Outcome, Proven, PushResult
    from buildtool.usecases.push.transaction import Write

_LOG_LINES = 2_000
SHORT_DIGEST = len("sha256:") + 12


class PushReport:
    """`progress`: auto (plain; on a terminal a line for each image), plain, quiet, or json (one event a line)."""

    def __init__(self, output: Output, progress: str) -> None:
        self._output = output
        self._progress = progress
        self._followed: dict[str, Journey] = {}
        self._lives = progress == "auto" and sys.stderr.isatty() and not output.verbose
        self._logs = not self._lives
        self._board = Board(())
        self._drawn = False  # whether the board is on the terminal
        self._times = PhaseTimes()
        self._step_logs: dict[str, deque[str]] = {}

    def heading(self, text: str, *, folds: bool = True) -> None:
        self._end_build()
        self._times.begin(text, time.monotonic())
        if self._progress == "json":
            self._event("phase", text)
        elif self._progress != "quiet":
            self._output.heading(text, folds=folds)

    def say(self, text: str) -> None:
        if self._progress == "json":
            self._event("info", text)
        elif self._progress != "quiet":
            self._output.say(f"  {text}")

    def warn(self, text: str) -> None:
        if self._progress == "json":
            self._event("warning", text)
        else:
            self._output.warn(text)

    def plan(self, plan: Plan) -> None:
        source = plan.source
        self.heading("Plan", folds=False)
        where = source.what if source.release is not None else f"on {source.branch}"
        self.say(f"commit    {source.revision[:12]} {where} (from {source.branch_source})")
        if plan.to_publish:
            self.say(f"tag       {plan.tag.text}")
        if plan.builder is not None:
            self.say(f"builder   {plan.builder.name} ({plan.builder.driver})")
        for image in plan.images:
            self._planned(image, plan.builder)
        for one in plan.outside:
            self.say(f"outside   {one}")
        for warning in plan.warnings:
            self.warn(warning)
        self._board = Board([image.name for image in plan.to_build])

    def _planned(self, image: ImagePlan, builder: BuilderFacts | None) -> None:
        if image.tag is None:
            kept = image.published.tag if image.published else "nothing"
            self.say(f"{image.name:<9} unchanged: keeps {kept} (--force builds it again)")
            for mirror in image.lacking:
                self.say(f"{'':<9} copied to {mirror}, which lacks it")
        else:
            self._published_as(image, builder)
        for one in image.further:
            self.say(f"{'':<9} also {further_line(one)}")

    def _published_as(self, image: ImagePlan, builder: BuilderFacts | None) -> None:
        self.say(f"{image.name:<9} {image.repository} for {placed(image, builder)}: {image.why}")
        for mirror in image.mirrors:
            self.say(f"{'':<9} copied to {mirror}")
        for moved in (str(one) for one in image.moved):
            if moved not in image.why:
                self.say(f"{'':<9} {moved}")
        if image.policy is None:
            self.say(f"{'':<9} no policy: Flux does not deploy it")
        elif image.after == image.tag:
            self.say(f"{'':<9} Flux: {image.before or 'nothing yet'} -> {image.after}")
        else:
            self.say(f"{'':<9} Flux will not deploy this tag; it stays with {image.before or 'nothing'}")

    def build(self, event: BuildEvent) -> None:
        self._board.take(event, time.monotonic())
        if self._progress == "json":
            if event.step is not Step.BYTES:
                self._event(event.step.value, event.text, step=event.name, seconds=event.seconds)
        elif self._progress != "quiet":
            if self._lives:
                self._keep_log(event)
            line = self._line(event)
            if line:
                self._output.say(line)
            if self._lives and not self._drawn:
                self._drawn = True
                self._output.begin_region(self._lines)

    def _lines(self, width: int) -> list[str]:
        """A line for each image: its step, how long it takes, what it does, and what that printed last."""
        from buildtool.cli.live_region import columns  # noqa: PLC0415 -- rich, for terminals only

        now, images = time.monotonic(), list(self._board.images.values())
        fixed = (min(max(len(one.name) for one in images), width // 4), 10, 7)
        left = max(width - sum(fixed) - 6, 2)
        widths = (1, *fixed, left - left // 3, left // 3)
        return [
            columns(("", one.name, one.state, f"{one.seconds(now):.0f} s", one.activity, one.log), widths)
            for one in images
        ]

    def _keep_log(self, event: BuildEvent) -> None:
        """Of a step that fails all that it printed is shown, of others nothing."""
        if event.step is Step.LOG:
            self._step_logs.setdefault(event.name, deque(maxlen=_LOG_LINES)).append(event.text)
            return
        kept = self._step_logs.pop(event.name, ()) if event.step in {Step.DONE, Step.CACHED, Step.FAILED} else ()
        if _failed(event):
            for text in kept:
                self._output.say(f"    {text}")

    def _end_build(self) -> None:
        """The lines of the images as they ended, in the place of those that lived."""
        self._output.end_region()
        if self._drawn:
            self._drawn = False
            for one in self._board.images.values():
                self.say(f"{one.name:<9} {one.state if one.failed else 'built'}: {one.summary()}")

    def _line(self, event: BuildEvent) -> str:
        if self._lives:
            return step_line(event) if event.step is Step.WARNING or _failed(event) else ""
        if event.step is Step.LOG:
            return f"    {event.text}" if event.text.strip() else ""
        return step_line(event)

    def proven(self, proven: Sequence[Proven]) -> None:
        for image in proven:
            platforms = ", ".join(map(str, image.proof.platforms))
            digest = image.proof.digest[:SHORT_DIGEST] if self._lives else image.proof.digest
            self.say(f"{image.plan.name:<9} {digest} is {platforms}, revision as built")

    def published(self, writes: Sequence[Write]) -> None:
        for write in writes:
            self.say(f"{write.name:<9} {write.reference}")

    def journeys(self, journeys: Sequence[Journey]) -> None:
        """Where the images are while they are waited for: one line each, and an event for each that changed."""
        if self._progress == "json":
            for one in journeys:
                if self._followed.get(one.image) != one:
                    last = one.last.name.value if one.last is not None else None
                    self._event("wait", one.sentence, image=one.image, tag=one.tag, station=last, newer=one.overtaken)
                self._followed[one.image] = one
        elif self._progress != "quiet":
            self._output.live([line(one) for one in journeys])

    def arrived(self, journeys: Sequence[Journey]) -> None:
        """The end of waiting; what was not looked at, and a newer push, are told whatever the progress."""
        for one in journeys:
            if one.overtaken:
                self.warn(f"{one.image}: a newer push has overtaken this one: Flux selects {one.overtaken}")
            elif not one.live:
                self.warn(f"{one.image}: {one.sentence}")

    def result(self, result: PushResult) -> None:
        """The table people read and scripts do not: those take --json."""
        now = time.monotonic()
        rows = [row for outcome in result.outcomes for row in _rows(outcome)]
        self._output.table(("IMAGE", "STATUS", "REFERENCE", "DIGEST", "SIZE", "PLATFORM", "FLUX"), rows)
        self._next_commit(result)
        if not result.dry_run:
            self._took(now)
        for warning in [text for text in result.warnings if text not in result.plan.warnings]:
            self.warn(warning)

    def _took(self, now: float) -> None:
        first, *images = self._times.lines(self._board.images.values(), now)
        took = textwrap.wrap(f"took {first}", self._output.width - 4, subsequent_indent="     ")
        for text in [*took, *(f"     {image}" for image in images)]:
            self.say(text)

    def _next_commit(self, result: PushResult) -> None:
        for error in result.next_commit.errors:
            self.warn(f"this automation will write nothing: {error}")
        if not result.next_commit.changes:
            return
        self._output.data("\nFlux's next commits change:")
        for change in result.next_commit.changes:
            self._output.data(f"  {change.path}:{change.line}")
            self._output.data(f"    - {change.old}")
            self._output.data(f"    + {change.new}")

    def _event(self, kind: str, text: str, **more: object) -> None:
        self._output.event({"event": kind, "text": text} | {k: v for k, v in more.items() if v is not None})


def further_line(one: Further) -> str:
    """`latest (from main-abc1234-1707300000)`, `pr-{number} is not written: this run is about no pull request`."""
    if one.fate is FurtherFate.LEFT_OUT:
        return f"{one.template} is not written: {one.why}"
    if one.fate is FurtherFate.STAYS:
        return f"{one.tag} stays where it is: {one.why}"
    words = {FurtherFate.NEW: "new", FurtherFate.MOVES: f"moves {one.why}", FurtherFate.THERE: "there already"}
    return f"{one.tag} ({words[one.fate]})"


def _rows(outcome: Outcome) -> list[tuple[str, ...]]:
    """A row for the image, and one for each of its mirrors."""
    own = (
        outcome.plan.name,
        outcome.status,
        outcome.plan.repository.at(outcome.tag),
        outcome.proof.digest[:SHORT_DIGEST] if outcome.proof else "-",
        size(outcome.proof.size) if outcome.proof else "-",
        ",".join(map(str, outcome.plan.config.platforms)),
        _flux(outcome.after, outcome.tag, policy=outcome.plan.policy is not None),
    )
    return [own, *((own[0], one.status, one.reference, *own[3:6], "a mirror") for one in outcome.mirrors)]


def _flux(after: str | None, tag: str, *, policy: bool) -> str:
    if not policy:
        return "no policy"
    return "selects it" if after == tag else f"selects {after or 'nothing'}"


def placed(image: ImagePlan, builder: BuilderFacts | None) -> str:
    """The platforms, and of those that are built now, where and how."""
    if builder is None or not image.builds:
        return ", ".join(map(str, image.config.platforms))
    placed = placements(builder.nodes, str(image.repository), image.config.platforms, builder.times)
    several = len(builder.nodes) > 1
    return ", ".join(f"{one.sentence} on {one.node}" if several and one.node else one.sentence for one in placed)


def _failed(event: BuildEvent) -> bool:
    return event.step is Step.FAILED and not event.canceled


def step_line(event: BuildEvent) -> str:
    """The line that tells of a step; "" where it is not worth one."""
    if event.step is Step.WARNING:
        return f"  ! {event.text}"
    marks = {Step.DONE: "done", Step.CACHED: "cached", Step.FAILED: "ended" if event.canceled else "FAILED"}
    if event.step not in marks or "internal]" in event.name or "] load metadata for " in event.name:
        return ""
    took = f" ({event.seconds:.1f} s)" if event.seconds is not None else ""
    return f"  {marks[event.step]:<6} {event.name}{took}" + (f": {event.text}" if event.step is Step.FAILED else "")
