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
    BYTES = "bytes"
    WARNING = "warning"
    CACHE = "cache"  # a layer cache could not be read or written; `text` is the warning


@dataclass(frozen=True, slots=True)
class BuildEvent:
    """One line of progress: `name` is the step as BuildKit names it (`[frontend 2/3] COPY …`).

    `moved` and `total` are the bytes of a step that loads or pushes; `total` is None where BuildKit does not know it.
    """

    step: Step
    name: str
    text: str = ""
    seconds: float | None = None
    moved: int | None = None
    total: int | None = None

    @property
    def canceled(self) -> bool:
        """Whether a step failed only because BuildKit ended it, for another one had failed."""
        return self.step is Step.FAILED and self.text.endswith("context canceled")
