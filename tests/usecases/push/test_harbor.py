"""What a Harbor's settings do to a push, and what is said while its scan is waited for."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from buildtool.core.image.labels import REVISION
from buildtool.core.registry.contents import ServerKind
from buildtool.core.registry.harbor import HarborFacts, Project
from buildtool.core.registry.harbor_rules import Selector, TagRule
from buildtool.errors import (
    BUILD_FAILED,
    REGISTRY_DENIED,
    REGISTRY_IMMUTABLE,
    REGISTRY_PROJECT,
    REGISTRY_SCAN,
    REGISTRY_UNREACHABLE,
    BuildtoolError,
)
from buildtool.usecases.push import harbor as module
from buildtool.usecases.push.harbor import HarborChecks, PushedToHarbor
from buildtool.usecases.push.live import LiveTags
from buildtool.usecases.push.options import PushOptions
from tests.support.memory.push import MemoryPush, sha
from tests.support.memory.registry import MemoryRegistry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.image.names import Repository

MISSING = HarborFacts("http://h", projects={"web": Project(there=False)})
THERE = HarborFacts("http://h", projects={"web": Project(there=True)})


@dataclass
class MemoryHarbor:
    """Tells each of `told` in turn, the last one for ever; a scan ends when `scanned` is set, and raises `error`."""

    told: list[HarborFacts] = field(default_factory=lambda: [THERE])
    made: list[str] = field(default_factory=list)
    scanned: threading.Event = field(default_factory=threading.Event)
    error: BuildtoolError | None = None
    refused: BuildtoolError | None = None

    def facts(self, repositories: Sequence[Repository]) -> HarborFacts:
        assert repositories
        return self.told.pop(0) if len(self.told) > 1 else self.told[0]

    def create_project(self, repository: Repository) -> bool:
        self.made.append(str(repository))
        return True

    def why_refused(self, repositories: Sequence[Repository]) -> BuildtoolError | None:
        if self.error is not None:
            raise self.error
        return self.refused

    def wait_for_scan(self, repository: Repository, reference: str, limit: float) -> None:
        assert (repository.at(reference), limit) == ("r.example/web/app:unproven", 30)
        self.scanned.wait()
        if self.error is not None:
            raise self.error


def setting(harbor: MemoryHarbor, options: PushOptions | None = None) -> tuple[MemoryPush, HarborChecks]:
    push = MemoryPush(names=["app"], registry=MemoryRegistry(kind=ServerKind.HARBOR), policies=False)
    push.config = replace(push.config, registry="r.example/web")
    checks = HarborChecks(harbor, push.manifests, {}, push.clock, push.recorder, options or PushOptions())
    return push, checks


def test_a_project_that_is_missing_stops_the_push() -> None:
    push, checks = setting(MemoryHarbor([MISSING]))
    with pytest.raises(BuildtoolError) as caught:
        checks.look(push.plan())
    assert (caught.value.kind, caught.value.place) == (REGISTRY_PROJECT, "http://h")


@pytest.mark.parametrize(("first", "stops"), [(False, False), (True, True)])
def test_a_further_tag_that_a_rule_keeps(first: bool, stops: bool) -> None:  # noqa: FBT001 -- the case
    """Where it would have to move now, nothing is built; where it is new, it is said that it never will."""
    kept = Project(there=True, immutable=(TagRule("immutable_template", (Selector("late*"),)),))
    facts = HarborFacts("http://h", projects={"web": kept})
    push, checks = setting(MemoryHarbor([facts]))
    push.config = replace(push.config, images={"app": replace(push.config.images["app"], tags=("latest", "{branch}"))})
    push.live = LiveTags(push.registry, push.config, push.manifests)
    if first:
        push.registry.add(push.config.repository("app"), {"linux/amd64": {REVISION: sha(0)}}, "latest")
    plan = push.plan()
    if stops:
        with pytest.raises(BuildtoolError, match="points at another image") as caught:
            checks.concerns(facts, plan.images, None)
        assert caught.value.kind is REGISTRY_IMMUTABLE
        assert "except 'latest' from the rule, or leave 'latest' out of images.app.tags" in caught.value.fix
        return
    [warning] = [one for one in checks.concerns(facts, plan.images, None) if "latest" in one]
    assert "r.example/web/app:latest is immutable by a rule of the Harbor project 'web'" in warning
    assert "never be moved" in warning


def test_a_project_is_made_where_that_is_asked_for() -> None:
    harbor = MemoryHarbor([MISSING, THERE])
    push, checks = setting(harbor, PushOptions(create_project=True))
    assert checks.look(push.plan()) == THERE
    assert (harbor.made, push.recorder.said) == (["r.example/web/app"], ["made the Harbor project 'web'"])


@pytest.mark.parametrize("told", [[THERE], [MISSING]])
def test_a_dry_run_makes_nothing(told: list[HarborFacts]) -> None:
    harbor = MemoryHarbor(told)
    push, checks = setting(harbor, PushOptions(create_project=True, dry_run=True))
    try:
        checks.look(push.plan())
    except BuildtoolError as error:
        assert error.kind is REGISTRY_PROJECT  # noqa: PT017 -- whether it raises is another test's
    assert harbor.made == []


def test_a_registry_in_maintenance_stops_what_writes_and_nothing_else() -> None:
    read_only = replace(THERE, read_only=True)
    push, checks = setting(MemoryHarbor([read_only]))
    plan = push.plan()
    with pytest.raises(BuildtoolError) as caught:
        checks.look(plan)
    assert caught.value.kind is REGISTRY_DENIED
    assert checks.look(replace(plan, images=[image.kept("") for image in plan.images])) == read_only


def test_what_is_warned_of_names_its_fix_once() -> None:
    push, checks = setting(MemoryHarbor())
    plan = push.plan()
    soon = Project(there=True, expires=push.clock.now() + 86_400)
    expiring = replace(THERE, username="robot$web+push", projects={"web": soon})
    concerns = checks.concerns(expiring, [*plan.images, *plan.images], "unproven")
    assert len(concerns) == len(set(concerns)) == 1
    assert "robot$web+push" in concerns[0]


def pushed(harbor: MemoryHarbor, push: MemoryPush) -> PushedToHarbor:
    return PushedToHarbor(harbor, 30, push.recorder)


def test_a_scan_is_waited_for_and_said_so_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SAY_SECONDS", 0.01)
    harbor = MemoryHarbor()
    push, _ = setting(harbor)
    said = push.recorder.said

    class Recorder(type(push.recorder)):  # type: ignore[misc]
        def say(self, text: str) -> None:
            said.append(text)
            if len(said) == 4:
                harbor.scanned.set()

    push.recorder = Recorder()
    pushed(harbor, push).wait(push.config.repository("app"), "unproven")
    assert said[0] == "Harbor scans r.example/web/app before anybody may read it: waiting 30 s at most"
    assert said[1:4] == ["Harbor still scans r.example/web/app"] * 3


def test_a_scan_that_ends_badly_is_raised() -> None:
    harbor = MemoryHarbor(error=BuildtoolError(REGISTRY_SCAN, "vulnerable"))
    harbor.scanned.set()
    push, _ = setting(harbor)
    with pytest.raises(BuildtoolError, match="vulnerable"):
        pushed(harbor, push).wait(push.config.repository("app"), "unproven")


DENIED, WHY = BuildtoolError(REGISTRY_DENIED, "403"), BuildtoolError(REGISTRY_PROJECT, "no such project")


@pytest.mark.parametrize(
    ("failure", "harbor", "told"),
    [
        (DENIED, MemoryHarbor(refused=WHY), WHY),
        (DENIED, MemoryHarbor(), DENIED),
        (DENIED, MemoryHarbor(error=BuildtoolError(REGISTRY_UNREACHABLE, "gone")), DENIED),
        (BuildtoolError(BUILD_FAILED, "no"), MemoryHarbor(refused=WHY), None),
    ],
)
def test_a_refusal_is_told_in_harbors_own_words(
    failure: BuildtoolError, harbor: MemoryHarbor, told: BuildtoolError | None
) -> None:
    push, _ = setting(harbor)
    assert pushed(harbor, push).explained([push.config.repository("app")], failure) is (told or failure)
