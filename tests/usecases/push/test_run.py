"""The whole of a push, with everything in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.errors import BUILD_FAILED, TAG_EXISTS, BuildtoolError
from buildtool.usecases.push.options import PushOptions
from tests.support.memory.push import MemoryPush, sha

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.build.definition import BakeDefinition
    from buildtool.usecases.push.result import PushResult

NOW = 1_707_300_000


def tag(commit: int, time: int = NOW) -> str:
    return f"main-{sha(commit)[:7]}-{time}"


@pytest.mark.parametrize("driver", ["docker", "docker-container"])
def test_one_tag_for_all_and_nothing_else_is_left(driver: str) -> None:
    push = MemoryPush(driver=driver)
    result = push.run()
    assert result.tag == tag(1)
    assert {name: push.tags(name) for name in ("web", "api")} == {"web": {tag(1)}, "api": {tag(1)}}
    assert [text for text in push.recorder.said if text[0].isupper()][1:] == [
        "Prove what the registry holds",
        "Publish",
    ]


def test_running_it_again_changes_nothing() -> None:
    first = MemoryPush()
    first.run()
    before = {name: dict(tags) for name, tags in first.registry.tagged.items()}
    again = MemoryPush(registry=first.registry, clock=first.clock)
    assert again.run().tag is None
    assert ({name: dict(tags) for name, tags in first.registry.tagged.items()}, again.builder.baked) == (before, [])


def test_a_build_that_fails_leaves_the_registry_as_it_was() -> None:
    push = MemoryPush()
    push.builder.failures = [BuildtoolError(BUILD_FAILED, "no")]
    with pytest.raises(BuildtoolError):
        push.run()
    assert (push.tags("web"), push.tags("api"), push.recorder.writes) == (set(), set(), [])


class Overtakes(MemoryPush):
    """While it builds, another run publishes the commit before it; `times` times."""

    times = 1

    def run(self) -> PushResult:
        bake = self.builder.bake

        def and_the_other(definition: BakeDefinition, on_event: object) -> Mapping[str, str]:
            digests = bake(definition, on_event)  # type: ignore[arg-type]
            if self.times > 0:
                self.times -= 1
                newest = max(int(one.rpartition("-")[2]) for one in [*self.tags("web"), f"-{NOW}"] if one != "unproven")
                self.add("web", tag(1, newest + 1), revision=sha(1), inputs="sha256:1", version=tag(1, newest + 1))
            return digests

        self.builder.bake = and_the_other  # type: ignore[method-assign]
        return super().run()


def test_another_push_meanwhile_means_planning_again_with_a_newer_time() -> None:
    push = Overtakes(2)
    assert push.run().tag == tag(2, NOW + 2)
    assert push.recorder.warnings == ["another push published meanwhile: planning again"]
    assert push.tags("web") == {tag(1, NOW + 1), tag(2, NOW + 2)}
    assert len(push.recorder.plans) == len(push.builder.baked) == 2


def test_others_that_are_always_faster_end_it() -> None:
    push = Overtakes(2)
    push.times = 99
    with pytest.raises(BuildtoolError, match="other pushes published first, 8 times in a row") as caught:
        push.run()
    assert (caught.value.kind, push.tags("api")) == (TAG_EXISTS, set())


def test_a_dry_run_builds_and_writes_nothing() -> None:
    push = MemoryPush(options=PushOptions(dry_run=True))
    assert push.run().tag == tag(1)
    assert (push.tags("web"), push.builder.baked, push.builder.asked) == (set(), [], 1)


def test_images_that_were_not_named_are_left_alone() -> None:
    push = MemoryPush(options=PushOptions(images=["api"]))
    assert [outcome.plan.name for outcome in push.run().outcomes] == ["api"]
    assert (push.tags("web"), push.tags("api")) == (set(), {tag(1)})
