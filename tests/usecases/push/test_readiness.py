"""What builder and registry cannot do stops a push before the build; what is not needed is not asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.core.build.builder import EngineLimits
from buildtool.core.registry.contents import RegistryFacts, ServerKind
from buildtool.core.registry.harbor_facts import HarborFacts
from buildtool.errors import (
    BUILDER_UNUSABLE,
    CLOCK_SKEW,
    INSECURE_ENGINE,
    PLATFORM_MISSING,
    REGISTRY_DENIED,
    REGISTRY_UNREACHABLE,
    BuildtoolError,
)
from buildtool.usecases.push.harbor import HarborChecks
from buildtool.usecases.push.options import PushOptions
from tests.support.memory.push import MemoryPush
from tests.support.memory.registry import MemoryRegistry

if TYPE_CHECKING:
    from buildtool.errors import Kind
    from buildtool.usecases.push.plan import ImagePlan, Plan

NOW = 1_707_300_000


def checked(push: MemoryPush) -> Plan:
    return push.preparation(push.planner()).plan(push.options)


def test_a_plan_gets_its_builder() -> None:
    push = MemoryPush()
    plan = checked(push)
    assert plan.builder is not None
    assert (plan.builder.driver, plan.warnings, push.builder.asked) == ("docker", [], 1)
    assert push.recorder.plans == [plan]


@pytest.mark.parametrize(
    ("changes", "engine", "kind", "words"),
    [
        ({"platforms": ["linux/s390x"]}, EngineLimits(), PLATFORM_MISSING, "cannot build for linux/s390x; it can for"),
        (
            {"platforms": ["linux/amd64", "linux/arm64"]},
            EngineLimits(several_platforms=False),
            BUILDER_UNUSABLE,
            "web, api has several",
        ),
        ({}, EngineLimits({"r.example": False}), INSECURE_ENGINE, "would push to r.example over HTTPS"),
    ],
)
def test_what_the_builder_cannot_do(changes: dict[str, Any], engine: EngineLimits, kind: Kind, words: str) -> None:
    push = MemoryPush(**changes)
    push.builder.engine = engine
    with pytest.raises(BuildtoolError) as caught:
        checked(push)
    assert caught.value.kind is kind
    assert words in caught.value.message
    assert push.builder.baked == []


def test_one_platform_needs_no_store_for_several() -> None:
    push = MemoryPush(platforms=["linux/arm64"])
    push.builder.engine = EngineLimits(several_platforms=False)
    assert len(checked(push).to_build) == 2


def test_pushing_is_tried_only_where_something_is_published() -> None:
    push = MemoryPush()
    push.registry.refuses_push.add("web")
    with pytest.raises(BuildtoolError) as caught:
        checked(push)
    assert caught.value.kind is REGISTRY_DENIED
    assert checked(MemoryPush(registry=push.registry, options=PushOptions(images=["api"]))).to_publish


def test_a_plan_that_writes_nothing_asks_neither_builder_nor_rights() -> None:
    push = MemoryPush()
    push.run()
    again = MemoryPush(registry=push.registry, clock=push.clock)
    push.registry.refuses_push.update(["web", "api"])
    plan = checked(again)
    assert (plan.builder, plan.to_publish, again.builder.asked) == (None, [], 0)


def test_a_project_cannot_be_made_where_there_are_none() -> None:
    plan = checked(MemoryPush(options=PushOptions(create_project=True)))
    assert plan.warnings == ["--create-project: r.example is no Harbor, and has no projects"]


@pytest.mark.parametrize(("ahead", "words"), [(0, ""), (59, ""), (90, "90 s ahead of"), (-90, "90 s behind")])
def test_clocks_that_differ_are_told(ahead: int, words: str) -> None:
    push = MemoryPush()
    push.registry.date = datetime.fromtimestamp(NOW - ahead, UTC)
    warnings = checked(push).warnings
    assert len(warnings) == bool(words)
    assert words in "".join(warnings)


def test_clocks_that_differ_by_more_than_a_day_stop_it() -> None:
    push = MemoryPush()
    push.registry.date = datetime.fromtimestamp(NOW + 100_000, UTC)
    with pytest.raises(BuildtoolError) as caught:
        checked(push)
    assert caught.value.kind is CLOCK_SKEW


def test_a_registry_that_tells_no_time_is_believed() -> None:
    push = MemoryPush()
    push.registry.date = None
    assert checked(push).warnings == []


# --- several registries


class Hosts(MemoryRegistry):
    """Notes the hosts that are probed; those in `down` do not answer, those in `harbors` are Harbors."""

    def __init__(self, down: str = "", harbors: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.probed: list[str] = []
        self.down = down
        self.harbors = harbors

    def probe(self, host: str = "") -> RegistryFacts:
        self.probed.append(host)
        if host == self.down:
            raise BuildtoolError(REGISTRY_UNREACHABLE, f"{host} does not answer", place=f"http://{host}")
        kind = ServerKind.HARBOR if host in self.harbors else ServerKind.UNKNOWN
        return RegistryFacts(f"http://{host}", kind, self.date)


MIRRORS = ("mirror-a.example/x", "mirror-a.example/y", "mirror-b.example")


def test_each_host_is_probed_once() -> None:
    registry = Hosts()
    checked(MemoryPush(registry=registry, mirrors=MIRRORS))
    assert sorted(registry.probed) == ["mirror-a.example", "mirror-b.example", "r.example"]


def test_a_mirror_that_is_down_stops_it() -> None:
    push = MemoryPush(registry=Hosts(down="mirror-b.example"), mirrors=MIRRORS)
    with pytest.raises(BuildtoolError) as caught:
        checked(push)
    assert caught.value.kind is REGISTRY_UNREACHABLE
    assert push.recorder.plans == []


def test_projects_are_missed_where_no_harbor_is() -> None:
    push = MemoryPush(registry=Hosts(), mirrors=("mirror-b.example",), options=PushOptions(create_project=True))
    assert checked(push).warnings == [
        f"--create-project: {host} is no Harbor, and has no projects" for host in ("r.example", "mirror-b.example")
    ]


def test_the_harbor_of_a_mirror_is_asked_about_the_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own repositories, and no candidate tag: that is never there."""
    asked: list[list[str]] = []
    candidates: list[object] = []

    def look(_: HarborChecks, plan: Plan) -> HarborFacts:
        asked.append([str(image.repository) for image in plan.images])
        return HarborFacts("http://mirror-a.example")

    def concerns(_: HarborChecks, __: object, images: list[ImagePlan], candidate: object) -> list[str]:
        candidates.extend([candidate] * len(images))
        return []

    monkeypatch.setattr(HarborChecks, "look", look)
    monkeypatch.setattr(HarborChecks, "concerns", concerns)
    registry = Hosts(harbors=("mirror-a.example",))
    checked(MemoryPush(names=("web",), registry=registry, mirrors=MIRRORS))
    assert asked == [["mirror-a.example/x/web", "mirror-a.example/y/web"]]
    assert candidates == [None, None]
