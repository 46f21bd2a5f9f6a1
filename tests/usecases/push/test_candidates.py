"""The candidate tag goes away whatever happens, where the registry can, and never holds up the end of a run."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import pytest

from buildtool.errors import REGISTRY_DENIED, BuildtoolError
from buildtool.usecases.push import candidates as module
from buildtool.usecases.push.candidates import Candidates
from tests.support.memory.push import MemoryPush
from tests.support.memory.registry import MemoryRegistry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import TagRemoval
    from buildtool.usecases.push.plan import Plan


class Removing(MemoryRegistry):
    """`error` is raised for every removal; `gate` holds each of them up."""

    def __init__(self, error: BaseException | None = None, gate: threading.Event | None = None) -> None:
        super().__init__()
        self.error, self.gate = error, gate

    def remove_tag(self, repository: Repository, tag: str) -> TagRemoval:
        if self.gate is not None:
            self.gate.wait()
        if self.error is not None:
            raise self.error
        return super().remove_tag(repository, tag)


def setting(driver: str = "docker", registry: MemoryRegistry | None = None) -> tuple[MemoryPush, Plan]:
    push = MemoryPush(driver=driver, registry=registry or MemoryRegistry())
    return push, push.preparation(push.planner()).plan(push.options)


def candidates(push: MemoryPush) -> Candidates:
    return Candidates(push.config, push.registry, push.recorder, lambda _: contextlib.nullcontext())


@contextlib.contextmanager
def removing(push: MemoryPush, plan: Plan) -> Iterator[None]:
    mine = candidates(push)
    try:
        with mine.removed_after(plan):
            yield
    finally:
        mine.finish()


@pytest.mark.parametrize("raises", [None, KeyboardInterrupt, BuildtoolError(REGISTRY_DENIED, "no")])
def test_what_was_pushed_under_it_goes_however_the_block_ends(
    raises: BaseException | type[BaseException] | None,
) -> None:
    push, plan = setting()
    ends = pytest.raises((KeyboardInterrupt, BuildtoolError)) if raises else contextlib.nullcontext()
    with ends, removing(push, plan):
        for name in ("web", "api"):
            push.add(name, "unproven")
            push.add(name, "keep")
        if raises is not None:
            raises = raises() if isinstance(raises, type) else raises
            raise raises
    assert push.tags("web") == push.tags("api") == {"keep"}
    assert push.recorder.warnings == []


def test_what_an_earlier_run_left_goes_too_where_nothing_is_built_under_it() -> None:
    """By digest now, under the candidate tag before; of an image that nobody pushed there, nothing is asked."""
    push = MemoryPush(driver="docker-container")
    push.add("web", "unproven")
    plan = push.preparation(push.planner()).plan(push.options)
    push.add("api", "unproven")
    with removing(push, plan):
        assert push.tags("web") == {"unproven"}
    assert (push.tags("web"), push.tags("api")) == (set(), {"unproven"})


def test_a_registry_that_cannot_take_tags_away_is_no_failure() -> None:
    push, plan = setting(registry=MemoryRegistry(removes_tags=False))
    with removing(push, plan):
        push.add("web", "unproven")
    assert push.tags("web") == {"unproven"}
    assert push.recorder.warnings == []


def test_a_removal_that_fails_is_a_warning() -> None:
    push, plan = setting(registry=Removing(BuildtoolError(REGISTRY_DENIED, "deleting is not allowed")))
    with removing(push, plan):
        pass
    assert push.recorder.warnings == [
        f"r.example/{name}:unproven, which no policy takes, stays until the next push: deleting is not allowed"
        for name in ("web", "api")
    ]


def test_a_bug_is_not_hidden() -> None:
    push, plan = setting(registry=Removing(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError), removing(push, plan):
        pass


def test_a_registry_that_hangs_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_SECONDS", 0.1)
    gate = threading.Event()
    push, plan = setting(registry=Removing(gate=gate))
    with removing(push, plan):
        pass
    assert [warning.rpartition(": ")[2] for warning in push.recorder.warnings] == ["no answer within 0 s"] * 2
    gate.set()


def test_the_run_goes_on_while_they_go() -> None:
    gate = threading.Event()
    push, plan = setting(registry=Removing(gate=gate))
    mine = candidates(push)
    with mine.removed_after(plan):
        pass
    threading.Timer(0.05, gate.set).start()  # reached, although nothing has been taken away yet
    mine.finish()
    assert push.recorder.warnings == []


def test_a_second_build_waits_until_the_candidates_of_the_first_are_gone() -> None:
    gate = threading.Event()
    push, plan = setting(registry=Removing(gate=gate))
    mine = candidates(push)
    with mine.removed_after(plan):
        pass
    threading.Timer(0.05, gate.set).start()
    with mine.removed_after(plan):
        assert gate.is_set()
    mine.finish()


@pytest.mark.parametrize(("driver", "names"), [("docker", ["r.example unproven"]), ("docker-container", [])])
def test_only_a_run_that_pushes_under_the_tag_keeps_others_off(driver: str, names: list[str]) -> None:
    push, plan = setting(driver)
    locked: list[str] = []

    @contextlib.contextmanager
    def lock(name: str) -> Iterator[None]:
        locked.append(name)
        yield

    with Candidates(push.config, push.registry, push.recorder, lock).alone(plan):
        assert locked == names
