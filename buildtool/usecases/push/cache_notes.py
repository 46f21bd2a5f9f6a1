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
    """Takes the events of a build and hands them on; those about caches become warnings, each told once."""

    def __init__(self, recorder: _Recorder) -> None:
        self._recorder = recorder
        self.warnings: list[str] = []

    def __call__(self, event: BuildEvent) -> None:
        if event.step is not Step.CACHE:
            self._recorder.build(event)
        elif event.text not in self.warnings:
            self.warnings.append(event.text)
            self._recorder.warn(event.text)
