"""A push knows the marks of rollbacks."""

from __future__ import annotations

import pytest

from buildtool.core.build.inputs import Inputs
from buildtool.core.commit.marks import mark_for
from buildtool.core.flux.policy import select
from buildtool.errors import ROLLED_BACK, BuildtoolError
from buildtool.usecases.push.options import PushOptions, Source
from buildtool.usecases.push.rolled_back import RolledBackImages
from tests.support.memory.push import MemoryPush, sha
from tests.support.memory.rollback import MemoryRollback

NAMES = ("web", "api")


@pytest.fixture
def rolled() -> MemoryPush:
    """Commits 1 and 2 are published, and 2 is rolled back."""
    push = MemoryPush(1, NAMES)
    push.run()
    push.clock.time += 60
    push = MemoryPush(2, NAMES, push.registry, push.clock)
    push.run()
    push.clock.time += 60
    MemoryRollback(push).run()
    push.clock.time += 60
    return push


def selected(push: MemoryPush) -> str | None:
    return select(push.manifests.policies["flux-system:web"], push.tags("web")).winner


def test_the_commit_is_refused_and_the_rollback_stays(rolled: MemoryPush) -> None:
    before = selected(rolled)
    with pytest.raises(
        BuildtoolError, match=r"rolled back on 2024-02-07 10:02 UTC \(mark rolled-back-main-0000002-"
    ) as it:
        MemoryPush(2, NAMES, rolled.registry, rolled.clock).run()
    assert it.value.kind is ROLLED_BACK
    assert selected(rolled) == before


def test_another_commit_with_the_same_inputs_is_refused_too(rolled: MemoryPush) -> None:
    with pytest.raises(BuildtoolError, match="made from the same inputs") as caught:
        MemoryPush(3, NAMES, rolled.registry, rolled.clock, inputs=dict.fromkeys(NAMES, "sha256:2")).run()
    assert caught.value.kind is ROLLED_BACK


def test_it_can_be_published_on_purpose_and_the_mark_is_over(rolled: MemoryPush) -> None:
    options = PushOptions(allow_rolled_back=True)
    MemoryPush(2, NAMES, rolled.registry, rolled.clock, options=options).run()
    assert str(selected(rolled)).startswith("main-0000002-")
    rolled.clock.time += 60
    assert MemoryPush(2, NAMES, rolled.registry, rolled.clock).run().document()["images"][0]["status"] == "unchanged"


def test_a_commit_with_the_good_inputs_keeps_the_good_image(rolled: MemoryPush) -> None:
    result = MemoryPush(3, NAMES, rolled.registry, rolled.clock, inputs=dict.fromkeys(NAMES, "sha256:1")).run()
    assert [image["status"] for image in result.document()["images"]] == ["unchanged", "unchanged"]


def test_the_next_commit_wins(rolled: MemoryPush) -> None:
    MemoryPush(3, NAMES, rolled.registry, rolled.clock).run()
    assert str(selected(rolled)).startswith("main-0000003-")


def test_what_flux_will_not_deploy_is_not_refused(rolled: MemoryPush) -> None:
    options = PushOptions(deploy=False, branch="side")
    assert MemoryPush(2, NAMES, rolled.registry, rolled.clock, options=options).run().published


def test_a_rollback_during_a_push_stays_on_top(rolled: MemoryPush) -> None:
    """The push has written its tags, a rollback comes, and only then the push looks whether it was overtaken."""
    push = MemoryPush(4, NAMES, rolled.registry, rolled.clock)
    planner = push.planner()
    plan = push.preparation(planner).plan(push.options)
    with push.building().made(plan) as proven:
        publisher = push.publisher(planner)
        settle = publisher._overtaken.settle

        def after_a_rollback(*arguments: object) -> object:
            rolled.clock.time += 5
            MemoryRollback(rolled).run()
            return settle(*arguments)  # type: ignore[arg-type]

        publisher._overtaken.settle = after_a_rollback  # type: ignore[method-assign, assignment]
        publisher.publish(plan, proven, push.options)
    assert mark_for(str(plan.tag)) in push.tags("web")
    assert not str(selected(push)).startswith("main-0000004-")


def test_a_tag_that_counts_in_milliseconds_has_no_date(rolled: MemoryPush) -> None:
    """The first tag behind the bad one tells when: one whose number is no unix time does not."""
    bad = "main-0000002-1707300060"
    judge = RolledBackImages(rolled.live, Source("main", "HEAD", sha(2), 0, dirty=False, url=""), allowed=False)
    for later, when in (
        ("1707300000000", " (mark"),
        ("1000000000000000000", " (mark"),
        ("1707300120", " on 2024-02-07 "),
    ):
        tags = [mark_for(bad), f"main-0000001-{later}"]
        with pytest.raises(BuildtoolError) as caught:
            judge.check("web", rolled.config.repository("web"), tags, Inputs(""))
        assert f"rolled back{when}" in caught.value.message
