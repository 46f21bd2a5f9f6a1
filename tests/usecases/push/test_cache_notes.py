from __future__ import annotations

from buildtool.core.build.events import BuildEvent, Step
from buildtool.usecases.push.cache_notes import CacheNotes


class Told:
    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.events: list[BuildEvent] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def build(self, event: BuildEvent) -> None:
        self.events.append(event)


def test_what_is_about_a_cache_is_a_warning_once_and_the_rest_goes_on() -> None:
    told = Told()
    notes = CacheNotes(told)
    done = BuildEvent(Step.DONE, "[1/1] RUN make")
    for event in (
        BuildEvent(Step.CACHE, "a", "lost"),
        done,
        BuildEvent(Step.CACHE, "b", "lost"),
        BuildEvent(Step.CACHE, "a", "too"),
    ):
        notes(event)
    assert told.events == [done]
    assert told.warnings == notes.warnings == ["lost", "too"]


def test_a_build_that_is_begun_again_is_told_of_no_cache_that_it_wrote_after_all() -> None:
    told = Told()
    notes = CacheNotes(told)
    notes(BuildEvent(Step.CACHE, "a", "lost"))
    again = notes.begin()
    assert again.warnings == []
    again(BuildEvent(Step.CACHE, "a", "lost"))
    assert notes.warnings == told.warnings == ["lost"], "which was told already"
