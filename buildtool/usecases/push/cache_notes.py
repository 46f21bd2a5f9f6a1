"""What is said of layer caches during a build: a cache that fails changes nothing about the images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from buildtool.core.build.events import Step

if TYPE_CHECKING:
    from buildtool.core.build.events import BuildEvent


class _Recorder(Protocol):
    def warn(self, text: str) -> None: ...
    def build(self, event: BuildEvent) -> None: ...


class CacheNotes:
    """Takes the events of a build and hands them on; those about caches become warnings, each told once.

    `warnings` are those of the last build that was begun: one that is tried again may write its caches after all.
    """

    def __init__(self, recorder: _Recorder) -> None:
        self._recorder = recorder
        self._told: set[str] = set()
        self.warnings: list[str] = []

    def begin(self) -> CacheNotes:
        """Forget what an earlier build said."""
        self.warnings = []
        return self

    def __call__(self, event: BuildEvent) -> None:
        if event.step is not Step.CACHE:
            self._recorder.build(event)
        elif event.text not in self.warnings:
            self.warnings.append(event.text)
            if event.text not in self._told:
                self._told.add(event.text)
                self._recorder.warn(event.text)
