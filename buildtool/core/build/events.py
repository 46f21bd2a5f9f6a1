"""What happens during a build, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What happened to a step of the build."""

    STARTED = "started"
    DONE = "done"
    CACHED = "cached"
    FAILED = "failed"
    LOG = "log"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class BuildEvent:
    """One line of progress: `name` is the step as BuildKit names it (`[frontend 2/3] COPY …`)."""

    step: Step
    name: str
    text: str = ""
    seconds: float | None = None
