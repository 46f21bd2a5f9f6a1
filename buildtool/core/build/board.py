"""What goes on in a build, image by image: the sum of its events at any moment."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.build.events import Step
from buildtool.core.text.units import counted, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.build.events import BuildEvent

# `[frontend build 2/5] RUN make`, `[build 2/5] RUN make` where one image is built, `[frontend] exporting to image`.
_STEP = re.compile(r"\[(?P<inside>[^\]]*)\] ?(?P<command>.*)", re.DOTALL)
_NUMBER = re.compile(r"(?:(?P<stage>.*) )?(?P<number>\d{1,6})/(?P<total>\d{1,6})", re.DOTALL)
_OURS = ("internal", "auth")


@dataclass(slots=True)
class ImageProgress:
    """One image. `began` and `ended` are seconds of the clock that `take` is given; None before the first event.

    `totals` are the steps of each stage, `done` those that are done, of which `cached` came from the cache.
    `command` is what goes on now, `log` the last line it printed, `bytes` what it moves.
    """

    name: str
    began: float | None = None
    ended: float | None = None
    totals: dict[str, int] = field(default_factory=dict)
    done: dict[str, set[int]] = field(default_factory=dict)
    cached: int = 0
    running: dict[str, str] = field(default_factory=dict)
    log: str = ""
    bytes: str = ""
    failed: str = ""

    @property
    def total(self) -> int:
        """Of a stage without a FROM to count (scratch), no more is known than what is done."""
        return sum(max(total, len(self.done.get(stage, ()))) for stage, total in self.totals.items())

    @property
    def steps(self) -> int:
        return sum(map(len, self.done.values()))

    @property
    def state(self) -> str:
        """`step 3/7`, `done`, `FAILED`, or `waiting`."""
        if self.failed:
            return "FAILED"
        if self.began is None:
            return "waiting"
        return f"step {min(self.steps + 1, self.total)}/{self.total}" if self.total else "starting"

    @property
    def activity(self) -> str:
        """What it does now, with the bytes it moves."""
        command = self.failed or next(reversed(self.running.values()), "")
        return f"{command}  {self.bytes}" if self.bytes and command else command

    def summary(self) -> str:
        """`5 steps, 3 of them cached`."""
        cached = f", {self.cached} of them cached" if self.cached else ""
        return f"{counted(self.steps, 'step')}{cached}"

    def seconds(self, now: float) -> float:
        """From its first event to its last one, or to `now` while a step is running."""
        if self.began is None or self.ended is None:
            return 0.0
        return (now if self.running else self.ended) - self.began


class Board:
    """Events in, the state of each image out. `images` are the names of the targets, in the order of the definition."""

    def __init__(self, images: Sequence[str]) -> None:
        self.images = {name: ImageProgress(name) for name in images}

    def take(self, event: BuildEvent, now: float) -> None:
        """`now` is any clock's, in seconds."""
        found = self._find(event.name)
        if found is None:
            return
        image, step, command = found
        image.began = now if image.began is None else image.began
        image.ended = now
        _count(image, step, command, event)
        _move(image, event, command)

    def _find(self, name: str) -> tuple[ImageProgress, str, str] | None:
        """The image, the step without the image's name (`build 2/5`), and its command."""
        match = _STEP.fullmatch(name)
        inside, command = (match["inside"], match["command"]) if match else ("", name)
        first, _, rest = inside.partition(" ")
        image = self.images.get(first)
        if image is None and len(self.images) == 1:
            image, rest = next(iter(self.images.values())), inside
        if image is None or rest.partition(" ")[0] in _OURS:
            return None
        return image, rest, command


def _count(image: ImageProgress, step: str, command: str, event: BuildEvent) -> None:
    number = _NUMBER.fullmatch(step)
    if number is None:
        return
    # One step of each stage is its FROM: stages of one base share it, and that of a named context is not numbered.
    stage, at = number["stage"] or "", int(number["number"])
    image.totals[stage] = int(number["total"]) - 1
    done = image.done.setdefault(stage, set())
    if not command.startswith("FROM ") and event.step in {Step.DONE, Step.CACHED} and at not in done:
        done.add(at)
        image.cached += event.step is Step.CACHED


def _move(image: ImageProgress, event: BuildEvent, command: str) -> None:
    if event.step is Step.STARTED:
        image.running[event.name] = command
        image.log = image.bytes = ""
    elif event.step in {Step.DONE, Step.CACHED, Step.FAILED}:
        image.running.pop(event.name, None)
        image.log = image.bytes = ""
        if event.step is Step.FAILED and not event.canceled:
            image.failed = command
    elif event.step is Step.LOG and event.text.strip():
        image.log = event.text.strip()
    elif event.step is Step.BYTES and event.moved is not None:
        whole = f" of {size(event.total)}" if event.total else ""
        image.bytes = f"{size(event.moved)}{whole}"
