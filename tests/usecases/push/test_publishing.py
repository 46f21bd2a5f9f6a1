"""From proven images to tags: all of a plan that still holds, and what is said when something fails after that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.errors import OLDER_COMMIT, REGISTRY_UNREACHABLE, BuildtoolError
from tests.support.memory.push import MemoryPush, sha
from tests.support.memory.registry import MemoryRegistry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import Manifest
    from buildtool.usecases.push.plan import Plan
    from buildtool.usecases.push.publishing import Publisher
    from buildtool.usecases.push.transaction import Write

NOW = 1_707_300_000
TAG = f"main-{sha(1)[:7]}-{NOW}"
BOTH = [f"r.example/web:{TAG}", f"r.example/api:{TAG}"]


class FailsAfterPublishing(MemoryRegistry):
    """Answers no more questions for tags as soon as one of a run's own is there."""

    def tags(self, repository: Repository) -> Iterator[str]:
        if any(tag.startswith("main-") for tag in self.tagged["web"]):
            raise BuildtoolError(REGISTRY_UNREACHABLE, "no answer", place="memory")
        yield from super().tags(repository)


def publish(push: MemoryPush, publisher: Publisher, plan: Plan) -> list[str] | None:
    with push.building().made(plan) as proven:
        writes = publisher.publish(plan, proven, push.options)
    return None if writes is None else references(writes)


def references(writes: Sequence[Write]) -> list[str]:
    return [write.reference for write in writes]


def test_everything_is_published_and_told() -> None:
    push = MemoryPush()
    planner = push.planner()
    assert publish(push, push.publisher(planner), planner.plan(push.options)) == BOTH
    assert references(push.written) == references(push.recorder.writes) == BOTH
    assert push.recorder.said[-1] == "Publish"
    assert push.recorder.warnings == []


def test_a_plan_that_writes_nothing_asks_nothing() -> None:
    push = MemoryPush()
    push.run()
    again = MemoryPush(registry=push.registry, clock=push.clock)
    planner = again.planner()
    plan = planner.plan(again.options)
    again.live.read = lambda _: pytest.fail("there is nothing to publish")  # type: ignore[assignment,method-assign]
    assert publish(again, again.publisher(planner), plan) == []
    assert again.recorder.said == []


def test_a_plan_that_does_not_hold_publishes_nothing() -> None:
    push = MemoryPush(2)
    planner = push.planner()
    plan = planner.plan(push.options)
    there = push.add("web", TAG, revision=sha(1))
    assert publish(push, push.publisher(planner), plan) is None
    assert push.registry.tagged["web"] == {TAG: there.digest}
    assert (push.written, push.recorder.writes, push.tags("api")) == ([], [], set())


def test_a_newer_commit_that_appeared_ends_the_run_with_nothing_published() -> None:
    push = MemoryPush(1)
    planner = push.planner()
    plan = planner.plan(push.options)
    push.add("api", f"main-{sha(2)[:7]}-{NOW}", revision=sha(2))
    with pytest.raises(BuildtoolError) as caught:
        publish(push, push.publisher(planner), plan)
    assert caught.value.kind is OLDER_COMMIT
    assert (push.written, push.tags("web")) == ([], set())


def test_what_fails_after_publishing_takes_nothing_back() -> None:
    push = MemoryPush(registry=FailsAfterPublishing())
    planner = push.planner()
    assert publish(push, push.publisher(planner), planner.plan(push.options)) == BOTH
    assert references(push.written) == BOTH
    assert push.recorder.warnings == [
        "published; whether another push published an older commit on top at the same moment is not known: no answer"
    ]
    assert {TAG} == push.tags("web") == push.tags("api")


def test_an_older_commit_that_came_in_between_is_put_below() -> None:
    """It is there right after our own tags are, under a newer time."""
    registry = MemoryRegistry()
    push = MemoryPush(2, registry=registry)
    planner = push.planner()
    plan = planner.plan(push.options)
    rival = f"main-{sha(1)[:7]}-{NOW + 1}"
    holds = planner.still_holds

    def then_it_comes(plan: Plan, options: object) -> bool:
        answer = holds(plan, options)  # type: ignore[arg-type]
        for name in ("web", "api"):
            push.add(name, rival, revision=sha(1), version=rival)
        return answer

    planner.still_holds = then_it_comes  # type: ignore[method-assign]
    own, over = f"main-{sha(2)[:7]}-{NOW}", f"main-{sha(2)[:7]}-{NOW + 2}"
    assert publish(push, push.publisher(planner), plan) == [
        f"r.example/{name}:{tag}" for tag in (own, over) for name in ("web", "api")
    ]
    assert push.recorder.warnings == [
        (
            "another push published at the same moment; the newest commit was put on top: "
            f"r.example/web:{over}, r.example/api:{over}"
        )
    ]
    assert registry.tagged["web"][own] == registry.tagged["web"][over]


def overtaken_at_a_mirror(registry: MemoryRegistry) -> tuple[MemoryPush, list[str] | None, str]:
    """A push to one mirror that an older commit came in between of; what it published, and the tag put on top."""
    push = MemoryPush(2, ("web",), registry=registry, mirrors=("mirror.example",))
    planner = push.planner()
    plan = planner.plan(push.options)
    rival, holds = f"main-{sha(1)[:7]}-{NOW + 1}", planner.still_holds

    def then_it_comes(plan: Plan, options: object) -> bool:
        answer = holds(plan, options)  # type: ignore[arg-type]
        push.add("web", rival, revision=sha(1), version=rival)
        return answer

    planner.still_holds = then_it_comes  # type: ignore[method-assign]
    return push, publish(push, push.publisher(planner), plan), f"main-{sha(2)[:7]}-{NOW + 2}"


def test_what_is_put_on_top_is_put_on_top_at_the_mirror_too() -> None:
    push, published, over = overtaken_at_a_mirror(MemoryRegistry())
    own = f"main-{sha(2)[:7]}-{NOW}"
    hosts = ("r.example", "mirror.example")
    assert published == [f"{host}/web:{tag}" for tag in (own, over) for host in hosts]
    assert references(push.written) == published
    mirror = push.config.mirrors_of("web")[0]
    assert set(push.registry.tags(mirror)) == {own, over}


class RefusesTheSecondTag(MemoryRegistry):
    """The mirror takes one tag and no more."""

    def put_manifest(self, repository: Repository, tag: str, manifest: Manifest) -> None:
        if repository.host == "mirror.example" and list(self.tags(repository)):
            raise BuildtoolError(REGISTRY_UNREACHABLE, "it is gone", place="memory")
        super().put_manifest(repository, tag, manifest)


def test_a_mirror_that_cannot_follow_is_a_warning() -> None:
    push, published, over = overtaken_at_a_mirror(RefusesTheSecondTag())
    assert published is not None
    assert published[-1] == f"r.example/web:{over}"
    assert any("the mirrors do not have it: run the same command again" in one for one in push.recorder.warnings)
