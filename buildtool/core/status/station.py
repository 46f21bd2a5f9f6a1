"""One station on the way of an image, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Name(StrEnum):
    """In the order of the way."""

    COMMIT = "commit"
    PUBLISHED = "published"
    SELECTED = "selected"
    COMMITTED = "committed"
    APPLIED = "applied"
    RUNNING = "running"


class Reached(StrEnum):
    YES = "reached"
    NO = "not reached"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Station:
    """`evidence` says what was seen; `cause` why the image is not there, and `fix` what to do, "" where it is.

    `time` is unix seconds: since when; None where nothing tells. `looked` is False where nothing was asked, because
    nothing says whom to ask: the state is then unknown, and waiting would not change it.
    """

    name: Name
    state: Reached
    evidence: str
    time: int | None = None
    cause: str = ""
    fix: str = ""
    looked: bool = True

    @property
    def reached(self) -> bool:
        return self.state is Reached.YES


@dataclass(frozen=True, slots=True)
class Unseen:
    """Why something is not known. `looked` is False where nobody was asked."""

    reason: str
    looked: bool = True
    fix: str = ""

    def at(self, name: Name) -> Station:
        """The station that cannot be told."""
        return Station(name, Reached.UNKNOWN, self.reason, cause=self.reason, fix=self.fix, looked=self.looked)
