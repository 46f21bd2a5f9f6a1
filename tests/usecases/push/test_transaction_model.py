"""Two to four pushes at once, in every order, with kills, signals, refusals and lost answers at every request.

Whatever happens: no tag that Flux sees holds an unproven image; and when all have
ended and the newest commit is pushed undisturbed, it is on top, under one tag for all images.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildtool.core.flux.policy import select
from buildtool.core.image.labels import REVISION
from buildtool.errors import BuildtoolError
from buildtool.usecases import side_by_side
from buildtool.usecases.push import candidates, readiness, transaction
from buildtool.usecases.push.options import PushOptions
from tests.support.clock import PatientClock
from tests.support.memory.push import MemoryPush, sha
from tests.support.memory.registry import MemoryRegistry
from tests.support.memory.schedule import Event, Killed, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.support.memory.schedule import SteppedRegistry, SteppedSignals

NAMES = ("web", "api")
DISTURBED = st.sampled_from([*[Event.WORKS] * 12, Event.REFUSED, Event.LOST, Event.KILL, Event.SIGNAL])


class OneAfterTheOther(side_by_side.Task[object]):
    """A task that runs where it is made: one thread for each run, so that the schedule decides about every request."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.value = self.error = None
        self._call = call
        self._run()

    @property
    def done(self) -> bool:
        return True

    def wait(self, seconds: float | None = None) -> None: ...


@pytest.fixture(autouse=True)
def one_thread_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (side_by_side, transaction, candidates, readiness):
        monkeypatch.setattr(module, "Task", OneAfterTheOther)


def run_of(commit: int, clock: PatientClock, *, broken: bool) -> Run:
    """A push of the n-th commit; a broken one builds for the wrong platform."""

    def call(registry: SteppedRegistry, signals: SteppedSignals) -> object:
        push = MemoryPush(commit, NAMES, registry, clock, signals=signals, driver="remote")  # type: ignore[arg-type]
        push.builder.turns_into = {"linux/amd64": "linux/arm64"} if broken else {}
        return push.run()

    return Run(f"commit {commit}", call)


def visible(registry: MemoryRegistry) -> dict[str, list[str]]:
    """The tags that the policies see, by image."""
    return {name: [tag for tag in registry.tagged[name] if tag.startswith("main-")] for name in NAMES}


def selected(registry: MemoryRegistry) -> dict[str, str | None]:
    policies = MemoryPush(names=NAMES).manifests.policies
    return {name: select(policies[f"flux-system:{name}"], tags).winner for name, tags in visible(registry).items()}


def unproven(registry: MemoryRegistry) -> list[str]:
    """Visible tags on images that no proof lets through: of the wrong platform, or with another commit's label."""
    push = MemoryPush(names=NAMES, registry=registry)
    found = []
    for name, tags in visible(registry).items():
        for tag in tags:
            published, _ = push.live.published(push.config.repository(name), tag)
            assert published is not None
            platforms = [str(platform) for platform in published.proof.platforms]
            revision = str(published.proof.label(REVISION))
            if platforms != ["linux/amd64"] or not revision.startswith(tag.split("-")[1]):
                found.append(tag)
    return found


def play(registry: MemoryRegistry, runs: Sequence[Run], order: Sequence[int], events: Sequence[Event]) -> None:
    """Step the runs in this order, again and again, until all have ended."""
    for run in runs:
        run.start(registry)
    turns, happens = itertools.cycle(order), itertools.chain(events, itertools.repeat(Event.WORKS))
    while alive := [run for run in runs if not run.ended]:
        alive[next(turns) % len(alive)].step(next(happens))
        assert not unproven(registry)


def check_ending(run: Run) -> None:
    """A run ends well, is killed or interrupted, or says what happened; nothing else."""
    assert run.error is None or isinstance(run.error, (BuildtoolError, Killed, KeyboardInterrupt)), repr(run.error)


def split(registry: MemoryRegistry) -> bool:
    """Whether the images of one commit are deployed under different tags."""
    tags = set(selected(registry).values())
    return len(tags) > 1 and len({str(tag).split("-")[1] for tag in tags}) == 1


@settings(max_examples=150, deadline=None)
@given(
    commits=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    order=st.lists(st.integers(0, 3), min_size=1, max_size=120),
)
def test_undisturbed_runs_end_with_the_newest_commit_on_top(commits: list[int], order: list[int]) -> None:
    """No faults: nobody has to run again for that."""
    registry, clock = MemoryRegistry(), PatientClock()
    runs = [run_of(commit, clock, broken=False) for commit in commits]
    play(registry, runs, order, [])
    for run in runs:
        check_ending(run)
    newest = max(commit for commit, run in zip(commits, runs, strict=True) if run.error is None)
    tops = selected(registry)
    assert {str(tag).split("-")[1] for tag in tops.values()} == {sha(newest)[:7]}, (tops, [r.error for r in runs])
    assert not split(registry)


@settings(max_examples=300, deadline=None)
@given(
    commits=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    broken=st.sets(st.integers(0, 3), max_size=2),
    order=st.lists(st.integers(0, 3), min_size=1, max_size=120),
    events=st.lists(DISTURBED, max_size=150),
    removes=st.booleans(),
)
def test_whatever_happens_nothing_unproven_shows_and_the_next_push_puts_it_right(
    commits: list[int],
    broken: set[int],
    order: list[int],
    events: list[Event],
    removes: bool,  # noqa: FBT001
) -> None:
    registry, clock = MemoryRegistry(removes_tags=removes), PatientClock()
    runs = [run_of(commit, clock, broken=number in broken) for number, commit in enumerate(commits)]
    play(registry, runs, order, events)
    for run in runs:
        check_ending(run)
    newest = max(commits) + 1
    MemoryPush(newest, NAMES, registry, clock).run()
    assert {str(tag).split("-")[1] for tag in selected(registry).values()} == {sha(newest)[:7]}
    assert not split(registry)
    assert not unproven(registry)


@settings(max_examples=150, deadline=None)
@given(commit=st.integers(1, 3), at=st.integers(0, 60), event=st.sampled_from([Event.KILL, Event.SIGNAL, Event.LOST]))
def test_a_pair_that_one_run_left_split_is_made_whole_by_the_next_run_of_the_commit(
    commit: int, at: int, event: Event
) -> None:
    registry, clock = MemoryRegistry(), PatientClock()
    play(registry, [run_of(commit, clock, broken=False)], [0], [*[Event.WORKS] * at, event])
    MemoryPush(commit, NAMES, registry, clock).run()
    assert len(set(selected(registry).values())) == 1


def test_an_older_commit_that_was_published_on_purpose_stays_on_top() -> None:
    registry, clock = MemoryRegistry(), PatientClock()
    MemoryPush(2, NAMES, registry, clock).run()
    MemoryPush(1, NAMES, registry, clock, options=PushOptions(allow_older=True)).run()
    assert {str(tag).split("-")[1] for tag in selected(registry).values()} == {sha(1)[:7]}
