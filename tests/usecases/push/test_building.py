"""One bake for all images: tried again where that can heal, and not where it cannot; candidates go in the end."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from buildtool.core.image.labels import VERSION
from buildtool.errors import BUILD_FAILED, PUSH_INTERRUPTED, REGISTRY_DENIED, REGISTRY_SCAN, BuildtoolError
from tests.support.memory.push import MemoryPush, sha

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from buildtool.core.build.definition import BakeDefinition
    from buildtool.core.build.events import BuildEvent
    from buildtool.usecases.push.result import Proven

TAG = f"main-{sha(1)[:7]}-1707300000"
INTERRUPTED = BuildtoolError(PUSH_INTERRUPTED, "broke off")


def made(push: MemoryPush) -> list[Proven]:
    plan = push.preparation(push.planner()).plan(push.options)
    with push.building().made(plan) as proven:
        return list(proven)


@pytest.mark.parametrize(("driver", "place"), [("docker", "under unproven"), ("docker-container", "by digest")])
def test_all_images_are_built_at_once_and_proven(driver: str, place: str) -> None:
    push = MemoryPush(driver=driver)
    proven = made(push)
    assert [one.plan.name for one in proven] == ["web", "api"]
    assert [definition.targets for definition in push.builder.baked] == [("web", "api")]
    assert {one.proof.label(VERSION) for one in proven} == {TAG}
    assert push.recorder.said == [
        f"Build and push {place}, where no policy looks",
        "Prove what the registry holds",
        "web",
        "api",
    ]
    assert push.tags("web") == push.tags("api") == set(), "the candidate tags are gone"


@pytest.mark.parametrize("failures", range(5))
def test_what_broke_off_is_tried_again_with_longer_and_longer_pauses(failures: int) -> None:
    push = MemoryPush()
    push.builder.failures = [INTERRUPTED] * failures
    assert len(made(push)) == 2
    assert push.clock.slept == [2.0, 4.0, 8.0, 16.0][:failures]
    assert push.recorder.warnings == [
        f"broke off; trying again in {2 << number} s ({4 - number} left)" for number in range(failures)
    ]


@pytest.mark.parametrize(("error", "bakes"), [(INTERRUPTED, 5), (BuildtoolError(BUILD_FAILED, "no"), 1)])
def test_what_does_not_heal_ends_the_run_without_a_candidate(error: BuildtoolError, bakes: int) -> None:
    push = MemoryPush()
    push.add("web", "unproven")
    push.builder.failures = [error] * 9
    with pytest.raises(BuildtoolError) as caught:
        made(push)
    assert caught.value is error
    assert (len(push.builder.baked), push.tags("web")) == (bakes, set())


@pytest.mark.parametrize("driver", ["docker", "docker-container"])
def test_a_scan_that_holds_up_the_builder_is_waited_for_under_the_candidate_tag_alone(driver: str) -> None:
    """Only the docker driver reads back what it pushed; nothing can be waited for where nothing has a name."""
    push = MemoryPush(driver=driver)
    push.builder.failures = [BuildtoolError(REGISTRY_SCAN, "not scanned yet")] * 2
    waited: list[str] = []
    building = push.building()
    building._prover.wait = lambda repository, reference: waited.append(repository.at(reference))  # type: ignore[method-assign]
    plan = push.preparation(push.planner()).plan(push.options)
    ends = pytest.raises(BuildtoolError) if driver == "docker-container" else contextlib.nullcontext()
    with ends, building.made(plan) as proven:
        assert len(proven) == 2
    assert waited == ([] if driver == "docker-container" else ["r.example/web:unproven", "r.example/api:unproven"] * 2)


def test_an_image_that_is_only_tagged_is_not_built() -> None:
    """Half of a pair: the digest that is published gets the other's tag."""
    push = MemoryPush()
    push.run()
    joined = f"main-{sha(1)[:7]}-1707300005"
    push.add("web", joined, revision=sha(1), inputs="sha256:1", version=joined)
    push.builder.baked.clear()
    [api] = made(push)
    assert (api.plan.name, api.plan.tag, api.proof.digest) == ("api", joined, push.registry.tagged["api"][TAG])
    assert push.builder.baked == []


def test_another_runs_image_under_the_candidate_tag_is_built_again() -> None:
    """Two machines, one candidate tag, at one moment: the digest that the builder reports is the other's."""
    push = MemoryPush(names=["web"])
    other = push.add("web", "unproven", version=f"main-{sha(2)[:7]}-1707300000", revision=sha(2))
    bake, digests = push.builder.bake, [{"web": other.digest}]

    def one_after_the_other(definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> Mapping[str, str]:
        return digests.pop() if digests else bake(definition, on_event)

    push.builder.bake = one_after_the_other  # type: ignore[method-assign]
    assert made(push)[0].proof.label(VERSION) == TAG
    assert push.recorder.warnings == [
        "another run pushed web under the candidate tag at the same moment; trying again in 2 s (4 left)"
    ]


def test_what_the_registry_refuses_before_the_build_ends_it() -> None:
    push = MemoryPush()
    push.registry.refuses_push.add("api")
    with pytest.raises(BuildtoolError, match=r"pushing to r\.example/api is not allowed") as caught:
        made(push)
    assert (caught.value.kind, push.builder.baked) == (REGISTRY_DENIED, [])
