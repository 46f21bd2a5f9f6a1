"""Back to the good image by a newer tag, and there to stay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildtool.core.commit.marks import mark_for, rolled_back
from buildtool.core.flux.policy import select
from buildtool.errors import (
    PROOF_FAILED,
    ROLLBACK_LOSES,
    ROLLBACK_TARGET,
    ROLLBACK_VISIBLE_MARK,
    TAG_EXISTS,
    USAGE,
    BuildtoolError,
)
from tests.support.clock import PatientClock
from tests.support.memory.push import MemoryPush
from tests.support.memory.registry import MemoryRegistry
from tests.support.memory.rollback import MemoryRollback
from tests.support.memory.schedule import Event, Run

if TYPE_CHECKING:
    from tests.support.memory.schedule import SteppedRegistry, SteppedSignals

NAMES = ("web", "api")


def published(*commits: int, registry: MemoryRegistry | None = None, clock: PatientClock | None = None) -> MemoryPush:
    """The commits pushed one after the other, a minute apart."""
    push = MemoryPush(registry=registry or MemoryRegistry(), clock=clock or PatientClock())
    for commit in commits:
        push = MemoryPush(commit, NAMES, push.registry, push.clock)
        push.run()
        push.clock.time += 60
    return push


def selected(push: MemoryPush) -> dict[str, str | None]:
    return {
        name: select(
            push.manifests.policies[f"flux-system:{name}"], push.registry.tags(push.config.repository(name))
        ).winner
        for name in NAMES
    }


def digest(push: MemoryPush, tag: str | None) -> str | None:
    return push.registry.digest(push.config.repository("web"), str(tag))


def test_the_image_before_is_published_again_under_a_newer_time() -> None:
    push = published(1, 2, 3)
    before = {name: sorted(push.tags(name)) for name in NAMES}
    MemoryRollback(push).run()
    now = selected(push)
    assert now == {name: f"main-0000002-{push.clock.now()}" for name in NAMES}
    assert digest(push, now["web"]) == digest(push, before["web"][1])
    bad = before["web"][2]
    assert push.tags("web") - set(before["web"]) == {str(now["web"]), mark_for(bad)}
    assert digest(push, mark_for(bad)) == digest(push, bad)


def test_a_named_tag_is_the_target() -> None:
    push = published(1, 2, 3)
    [first, *_] = sorted(push.tags("web"))
    MemoryRollback(push).run("web", to=first)
    assert str(selected(push)["web"]).startswith("main-0000001-")
    assert str(selected(push)["api"]).startswith("main-0000003-")


def test_what_the_automation_replaced_goes_before_the_newest_older_one() -> None:
    push = published(1, 2, 3)
    first, _, last = sorted(push.tags("web"))
    rollback = MemoryRollback(push, {last: first})
    rollback.plan()
    assert [target for _, _, target in rollback.shown] == [first, first]


def test_forward_again_marks_nothing_and_ends_the_mark() -> None:
    push = published(1, 2, 3)
    third = max(push.tags("web"))
    MemoryRollback(push).run("web")
    push.clock.time += 60
    MemoryRollback(push).run("web", to=third)
    assert digest(push, selected(push)["web"]) == digest(push, third)
    assert rolled_back(push.tags("web")) == []


def test_the_same_command_again_does_not_go_back_once_more() -> None:
    push = published(1, 2, 3)
    MemoryRollback(push).run("web")
    every = set(push.tags("web"))
    push.clock.time += 60
    plans = MemoryRollback(push).run("web")
    assert [plan.tag for plan in plans] == [None]
    assert push.tags("web") == every


def test_two_images_back_takes_a_word() -> None:
    push = published(1, 2, 3)
    first = min(push.tags("web"))
    MemoryRollback(push).run("web")
    push.clock.time += 60
    MemoryRollback(push).run("web", to=first)
    assert str(selected(push)["web"]).startswith("main-0000001-")
    assert [str(mark.tag)[:12] for mark in rolled_back(push.tags("web"))] == ["main-0000003", "main-0000002"]


def test_a_target_that_is_deployed_already_changes_nothing() -> None:
    push = published(1, 2)
    every = {name: set(push.tags(name)) for name in NAMES}
    plans = MemoryRollback(push).run("web", to=max(push.tags("web")))
    assert [plan.tag for plan in plans] == [None]
    assert {name: push.tags(name) for name in NAMES} == every


def test_it_works_where_nothing_can_be_deleted() -> None:
    push = published(1, 2, registry=MemoryRegistry(removes_tags=False))
    MemoryRollback(push).run()
    assert str(selected(push)["web"]).startswith("main-0000001-")


def test_a_newer_commit_wins_as_usual() -> None:
    push = published(1, 2)
    MemoryRollback(push).run()
    push.clock.time += 60
    fixed = MemoryPush(3, NAMES, push.registry, push.clock)
    fixed.run()
    assert str(selected(fixed)["web"]).startswith("main-0000003-")


def test_a_clock_that_was_set_back_does_not_matter() -> None:
    push = published(1, 2)
    push.clock.time -= 10_000
    MemoryRollback(push).run()
    assert str(selected(push)["web"]).startswith("main-0000001-")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [("main-0000009-1707300000", "has no tag"), (None, "no older image")],
)
def test_without_a_target_nothing_is_changed(wanted: str | None, words: str) -> None:
    push = published(1)
    with pytest.raises(BuildtoolError, match=words) as caught:
        MemoryRollback(push).run("web", to=wanted)
    assert caught.value.kind is ROLLBACK_TARGET
    assert len(push.tags("web")) == 1


def test_an_image_that_nothing_selects() -> None:
    with pytest.raises(BuildtoolError, match="nothing to go back from") as caught:
        MemoryRollback(MemoryPush()).run("web")
    assert caught.value.kind is ROLLBACK_TARGET


def test_an_image_without_a_policy() -> None:
    push = MemoryPush(policies=False)
    push.run()
    rollback = MemoryRollback(push)
    with pytest.raises(BuildtoolError, match=r"images\.web has no policy") as caught:
        rollback.rollback.plan([push.config.images["web"]], None, [], rollback)
    assert caught.value.kind is USAGE


def test_an_image_of_another_platform_is_no_target() -> None:
    push = published(1, 2)
    repository = push.config.repository("web")
    labels = {"org.opencontainers.image.revision": "0" * 40}
    push.registry.add(repository, {"linux/arm64": labels}, "main-0000000-1707300001")
    rollback = MemoryRollback(push)
    with pytest.raises(BuildtoolError, match="it is for linux/arm64, and linux/amd64 is configured"):
        rollback.run("web", to="main-0000000-1707300001")
    rollback.plan("web")
    assert rollback.shown[-1][2].startswith("main-0000001-")


def test_an_image_that_is_not_what_its_tag_says_is_not_deployed_again() -> None:
    push = published(2)
    repository = push.config.repository("web")
    labels = {"org.opencontainers.image.revision": ""}
    push.registry.add(repository, {"linux/amd64": labels}, "main-0000001-1600000000")
    with pytest.raises(BuildtoolError) as caught:
        MemoryRollback(push).run("web")
    assert caught.value.kind is PROOF_FAILED
    assert len(push.tags("web")) == 2


def policy_of(push: MemoryPush, **changes: object) -> None:
    """Change the policies in place."""
    policies = {key: replace(policy, **changes) for key, policy in push.manifests.policies.items()}  # type: ignore[arg-type]
    push.manifests = replace(push.manifests, policies=policies)


def test_a_policy_that_a_newer_time_cannot_win() -> None:
    push = published(1, 2)
    policies = push.manifests.policies
    choice = replace(policies["flux-system:web"].choice, numerical="desc")
    policy_of(push, choice=choice)
    rollback = MemoryRollback(push)
    with pytest.raises(BuildtoolError, match="would not select") as caught:
        rollback.run("web", to=max(push.tags("web")))
    assert caught.value.kind is ROLLBACK_LOSES
    assert "--withdraw" in caught.value.fix
    assert len(push.tags("web")) == 2


def test_a_policy_that_takes_the_mark() -> None:
    push = published(1, 2)
    flt = push.manifests.policies["flux-system:web"].filter
    assert flt is not None
    policy_of(push, filter=replace(flt, pattern="main-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})"))
    with pytest.raises(BuildtoolError, match="rolled-back-main-0000002") as caught:
        MemoryRollback(push).run("web")
    assert caught.value.kind is ROLLBACK_VISIBLE_MARK
    assert len(push.tags("web")) == 2


def test_a_tag_that_is_published_meanwhile_ends_it() -> None:
    push = published(1, 2)
    rollback = MemoryRollback(push)
    plans = rollback.plan()
    push.clock.time += 5
    MemoryPush(3, NAMES, push.registry, push.clock).run()
    with pytest.raises(BuildtoolError, match="published meanwhile") as caught:
        rollback.rollback.carry_out(plans, rollback.written.extend)
    assert caught.value.kind is TAG_EXISTS
    assert not rolled_back(push.tags("web"))


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 40), event=st.sampled_from([Event.KILL, Event.SIGNAL, Event.LOST, Event.REFUSED]))
def test_stopped_at_any_step_and_run_again_it_ends_with_one_mark_and_one_new_tag(at: int, event: Event) -> None:
    push = published(1, 2)
    bad = max(push.tags("web"))
    before = {name: set(push.tags(name)) for name in NAMES}

    def call(registry: SteppedRegistry, signals: SteppedSignals) -> object:
        return MemoryRollback(MemoryPush(2, NAMES, registry, push.clock, signals=signals)).run()  # type: ignore[arg-type]

    run = Run("rollback", call)
    run.start(push.registry)
    for step in range(200):
        if run.ended:
            break
        run.step(event if step == at else Event.WORKS)
    assert run.ended
    MemoryRollback(push).run()
    for name in NAMES:
        new = set(push.tags(name)) - before[name]
        assert mark_for(bad) in new
        assert len(new) == 2, new
        assert str(selected(push)[name]).startswith("main-0000001-")
