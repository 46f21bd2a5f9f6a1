"""The last decisions, how often each was taken, and the last look at the stations: what the page and metrics show.

All of it is lost at a restart, and nothing depends on it: what was rolled back is known from the registry's tags.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from buildtool.core.handler.records import Decision
    from buildtool.core.status.journey import Journey

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A decision that was taken `count` times in a row; the last one is kept."""

    decision: Decision
    count: int = 1


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where images were at `time`; `problem` says why that is not known, "" where it is."""

    time: int
    branch: str = ""
    head: str = ""
    journeys: Sequence[Journey] = ()
    problem: str = ""


class Journal:
    """Every method may be called from any thread.

    `told` gets each decision as it is taken, `troubled` each new reason why the stations cannot be told.
    """

    def __init__(self, told: Callable[[Decision], None], troubled: Callable[[str], None] = lambda _: None) -> None:
        self._told = told
        self._troubled = troubled
        self._changed = threading.Condition()
        self._rows: deque[Row] = deque(maxlen=_SHOWN)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._rollbacks: Counter[str] = Counter()
        self._sighting: Sighting | None = None
        self._ready = False

    def add(self, *decisions: Decision) -> None:
        with self._changed:
            for one in decisions:
                self._counts[one.result.value, one.refusal.value if one.refusal else ""] += 1
                if one.tag and one.image:
                    self._rollbacks[one.image] += 1
                last = self._rows[-1] if self._rows else None
                if last is not None and last.decision.same_as(one):
                    self._rows[-1] = Row(one, last.count + 1)
                else:
                    self._rows.append(Row(one))
                self._told(one)

    def saw(self, sighting: Sighting) -> None:
        with self._changed:
            if sighting.problem and (self._sighting is None or self._sighting.problem != sighting.problem):
                self._troubled(sighting.problem)
            self._sighting = sighting
            self._ready = self._ready or not sighting.problem
            self._changed.notify_all()

    def wait_for_sighting(self, since: int, seconds: float) -> None:
        """Return as soon as there is a look that is not older than `since`, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._sighting is not None and self._sighting.time >= since, seconds)

    @property
    def sighting(self) -> Sighting | None:
        """The last look; None before the first."""
        with self._changed:
            return self._sighting

    @property
    def ready(self) -> bool:
        """Whether the deploy branch could be read once."""
        with self._changed:
            return self._ready

    @property
    def rows(self) -> list[Row]:
        """The newest first, 50 at most."""
        with self._changed:
            return list(reversed(self._rows))

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How often each decision was taken, by result and refusal."""
        with self._changed:
            return dict(self._counts)

    @property
    def rollbacks(self) -> Mapping[str, int]:
        with self._changed:
            return dict(self._rollbacks)
