"""Alerts that wait: a bounded queue in which each failure stands once, and the wish for a look."""

from __future__ import annotations

import threading
from collections import OrderedDict
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.handler.alerts import Alert

_MOST = 32
_MOST_RECOVERIES = 256


class Admission(StrEnum):
    QUEUED = "queued"
    DUPLICATE = "duplicate"
    FULL = "full"
    CLOSED = "closed"


class Intake:
    """Filled by requests, emptied by one worker; every method may be called from any thread."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._changed = threading.Condition()
        self._waiting: OrderedDict[tuple[str, str], Alert] = OrderedDict()
        self._present: tuple[str, str] | None = None
        self._recovered: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._look = False
        self._closed = False

    def submit(self, alert: Alert) -> Admission:
        """Let it wait, unless the same failure waits already or is being handled."""
        with self._changed:
            if self._closed:
                return Admission.CLOSED
            if alert.key in self._waiting or alert.key == self._present:
                return Admission.DUPLICATE
            if len(self._waiting) >= self._most:
                return Admission.FULL
            self._waiting[alert.key] = alert
            self._changed.notify_all()
            return Admission.QUEUED

    def note_recovery(self, alert: Alert) -> None:
        """Remember that the Kustomization was healthy at that commit; an older failure then counts no more."""
        with self._changed:
            self._recovered[alert.key] = max(alert.time, self._recovered.pop(alert.key, 0))
            while len(self._recovered) > _MOST_RECOVERIES:
                self._recovered.popitem(last=False)

    def recovered(self, alert: Alert) -> int | None:
        """When a later event said that it is healthy at that commit; None for never."""
        with self._changed:
            return self._recovered.get(alert.key)

    def ask_for_look(self) -> None:
        with self._changed:
            self._look = True
            self._changed.notify_all()

    def take(self) -> Alert | None:
        """Wait for the next alert, which is then being handled until `done`; None for a look, or for the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._look or self._closed)
            if self._closed or not self._waiting:
                self._look = False
                return None
            self._present, alert = self._waiting.popitem(last=False)
            return alert

    def done(self) -> None:
        with self._changed:
            self._present = None

    def close(self) -> Sequence[Alert]:
        """Take nothing more; the alerts that nobody will handle."""
        with self._changed:
            self._closed = True
            left = list(self._waiting.values())
            self._waiting.clear()
            self._changed.notify_all()
            return left

    @property
    def closed(self) -> bool:
        with self._changed:
            return self._closed

    @property
    def waiting(self) -> int:
        with self._changed:
            return len(self._waiting)
