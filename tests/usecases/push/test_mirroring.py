"""A push with mirrors, whole, in memory: what is copied when, and where tags are after each failure."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.core.image.labels import REVISION
from buildtool.core.image.names import Repository
from buildtool.core.image.proof import Proof
from buildtool.errors import (
    INTERRUPTED,
    MIRROR_INCOMPLETE,
    PROOF_FAILED,
    REGISTRY_DENIED,
    REGISTRY_PROJECT,
    REGISTRY_SCAN,
    BuildtoolError,
)
from buildtool.usecases.push import mirroring
from buildtool.usecases.push.options import PushOptions
from tests.support.memory.push import MemoryPush, sha
from tests.support.memory.registry import MemoryRegistry
from tests.support.memory.rollback import MemoryRollback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from buildtool.core.registry.contents import CopiedBlobs, Manifest
    from buildtool.usecases.push.result import PushResult

ONE, TWO = "mirror-one.example/site", "mirror-two.example"
HOSTS = ("mirror-one.example", "mirror-two.example")


def push_with(*mirrors: str, **more: object) -> MemoryPush:
    return MemoryPush(mirrors=mirrors, **more)  # type: ignore[arg-type]


def again(push: MemoryPush, **more: object) -> MemoryPush:
    """The same checkout on the same registries, later."""
    return MemoryPush(
        commit=push.commit,
        registry=push.registry,
        clock=push.clock,
        mirrors=push.mirrors,
        **more,  # type: ignore[arg-type]
    )


def tags(push: MemoryPush, name: str = "web") -> list[set[str]]:
    """The tags where the image is published, then at each of its mirrors; without the candidate."""
    places = (push.config.repository(name), *push.config.mirrors_of(name))
    return [set(push.registry.tags(place)) - {"unproven"} for place in places]


def statuses(result: PushResult) -> set[str]:
    return {mirror.status for outcome in result.outcomes for mirror in outcome.mirrors}


def failed(push: MemoryPush) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as raised:
        push.run()
    return raised.value


def test_every_image_goes_to_every_mirror_under_the_one_tag() -> None:
    push = push_with(ONE, TWO)
    result = push.run()
    assert tags(push, "web") == tags(push, "api") == [{result.tag}] * 3
    assert statuses(result) == {"published"}
    assert {write.reference for write in push.written} == {
        f"{place}:{result.tag}" for name in push.names for place in push.config.places(name)
    }
    assert push.recorder.writes == push.written, "each of them is told"


def test_the_document_names_each_mirror() -> None:
    push = push_with(ONE)
    document = push.run().document()
    assert document["images"][0]["mirrors"] == [{"reference": f"{ONE}/web:{document['tag']}", "status": "published"}]


def test_a_mirror_of_one_image() -> None:
    push = push_with(ONE)
    images = dict(push.config.images)
    images["api"] = replace(images["api"], mirrors=())
    push.config = replace(push.config, images=images)
    push.run()
    assert [len(tags(push, "web")), len(tags(push, "api"))] == [2, 1]
    assert push.registry.copied == [f"{ONE}/web"]


def test_without_mirrors_nothing_is_copied_and_nothing_said() -> None:
    push = MemoryPush()
    assert statuses(push.run()) == set()
    assert push.registry.copied == []
    assert not any("mirror" in line for line in push.recorder.said)


def test_a_dry_run_says_what_would_be_copied() -> None:
    push = push_with(ONE, options=PushOptions(dry_run=True))
    assert statuses(push.run()) == {"planned"}
    assert push.registry.copied == []


def test_an_image_that_keeps_its_tag_is_copied_to_a_mirror_that_lacks_it() -> None:
    first = MemoryPush()
    tag = first.run().tag
    later = MemoryPush(registry=first.registry, clock=first.clock, mirrors=(ONE,))
    result = later.run()
    assert {outcome.status for outcome in result.outcomes} == {"unchanged"}
    assert statuses(result) == {"published"}
    assert later.builder.baked == []
    assert tags(later) == [{tag}, {tag}]
    assert statuses(again(later).run()) == {"unchanged"}
    assert len(later.registry.copied) == 2, "once for each image"


def test_a_build_with_the_published_result_keeps_its_tag_and_is_copied_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its inputs are not known, so it is built; the mirror lacks what is published."""
    monkeypatch.setattr(Proof, "has_same_content", lambda *_: True)  # images in memory have no layers to compare
    first = MemoryPush(inputs={"web": ""}, names=("web",))
    tag = first.run().tag
    later = MemoryPush(registry=first.registry, clock=first.clock, mirrors=(ONE,), inputs={"web": ""}, names=("web",))
    result = later.run()
    assert [outcome.status for outcome in result.outcomes] == ["unchanged"]
    assert tags(later) == [{tag}, {tag}]


def test_another_image_under_the_kept_tag_is_a_warning_and_is_left_alone() -> None:
    first = MemoryPush(names=("web",))
    tag = str(first.run().tag)
    mirror = Repository("mirror-one.example", "site/web")
    other = first.registry.add(mirror, {"linux/amd64": {"other": "image"}}, tag)
    later = MemoryPush(names=("web",), registry=first.registry, clock=first.clock, mirrors=(ONE,))
    result = later.run()
    assert any(f"{ONE}/web:{tag} is another image" in warning for warning in result.warnings)
    assert first.registry.digest(mirror, tag) == other.digest


# --- further tags


def test_further_tags_are_written_and_moved_at_the_mirrors_too() -> None:
    first = push_with(ONE, TWO, names=("web",), further=("latest",))
    old = first.run().tag
    assert tags(first) == [{old, "latest"}] * 3
    later = push_with(ONE, TWO, names=("web",), further=("latest",), commit=2, registry=first.registry)
    new = later.run().tag
    assert tags(later) == [{old, new, "latest"}] * 3
    places = (later.config.repository("web"), *later.config.mirrors_of("web"))
    assert all(later.registry.digest(one, "latest") == later.registry.digest(one, str(new)) for one in places)
    assert len(later.registry.copied) == 4, "each image once for each mirror, not again for its further tag"


def test_a_new_mirror_gets_the_further_tags_of_an_unchanged_image() -> None:
    first = MemoryPush(names=("web",), further=("latest",))
    tag = first.run().tag
    later = push_with(ONE, names=("web",), further=("latest",), registry=first.registry, clock=first.clock)
    assert [outcome.status for outcome in later.run().outcomes] == ["unchanged"]
    assert tags(later) == [{tag, "latest"}] * 2


def test_a_further_tag_of_a_newer_commit_stays_at_the_mirror() -> None:
    """And that is said once."""
    push = push_with(ONE, names=("web",), further=("latest",), commit=1)
    newer = MemoryPush(commit=3, names=("web",), further=("latest",), registry=push.registry)
    there = newer.registry.add(Repository(HOSTS[0], "site/web"), {"linux/amd64": {REVISION: sha(3)}}, "latest")
    result = push.run()
    assert push.registry.digest(Repository(HOSTS[0], "site/web"), "latest") == there.digest
    assert tags(push) == [{result.tag, "latest"}] * 2
    stays = [warning for warning in push.recorder.warnings if "stays: it points at" in warning]
    assert [warning.partition(" stays")[0] for warning in stays] == [f"{ONE}/web:latest"]


def test_a_further_tag_that_stays_is_brought_to_no_mirror() -> None:
    """An older commit on top of nothing would be an older `latest` there than where the image is published."""
    first = MemoryPush(names=("web",), further=("latest",), commit=3)
    first.run()
    older = PushOptions(allow_older=True)
    later = push_with(ONE, names=("web",), further=("latest",), registry=first.registry, options=older)
    result = later.run()
    main, mirror = tags(later)
    assert mirror == {result.tag}
    assert later.registry.digest(later.config.repository("web"), "latest") != later.registry.digest(
        Repository(HOSTS[0], "site/web"), str(result.tag)
    )
    assert {result.tag, "latest"} < main


def test_a_mirror_that_refuses_a_further_tag_leaves_it_nowhere() -> None:
    """The tags of the run are published by then."""
    push = push_with(ONE, names=("web",), further=("latest",), registry=_NoLatest())
    error = failed(push)
    assert error.kind is REGISTRY_DENIED
    assert "only the tags named as published before are there" in error.message
    main, mirror = tags(push)
    assert "latest" not in main | mirror
    assert main == mirror == {write.tag for write in push.written}


class _NoLatest(MemoryRegistry):
    def put_manifest(self, repository: Repository, tag: str, manifest: Manifest) -> None:
        if tag == "latest" and repository.host in HOSTS:
            raise BuildtoolError(REGISTRY_DENIED, "no such tag here")
        super().put_manifest(repository, tag, manifest)


# --- failures


def test_a_mirror_that_may_not_be_pushed_to_stops_before_the_build() -> None:
    push = push_with(ONE, TWO)
    push.registry.refuses_push.add(f"{TWO}/web")
    assert failed(push).kind is REGISTRY_DENIED
    assert push.builder.baked == []


def test_a_copy_that_fails_publishes_nothing_anywhere() -> None:
    push = push_with(ONE, TWO)
    push.registry.refuses_copies.add(HOSTS[1])
    error = failed(push)
    assert error.kind is REGISTRY_DENIED
    assert error.message.endswith("; no tag was published")
    assert tags(push) == [set()] * 3
    push.registry.refuses_copies.clear()
    result = again(push).run()
    assert tags(push) == [{result.tag}] * 3


@pytest.mark.parametrize("refusing", HOSTS)
def test_a_tag_that_is_refused_takes_all_others_back(refusing: str) -> None:
    push = push_with(ONE, TWO)
    push.registry.refuses_tags.add(refusing)
    error = failed(push)
    assert error.kind is REGISTRY_DENIED
    assert "no tag was published" in error.message
    assert tags(push, "web") == tags(push, "api") == [set()] * 3
    assert push.written == []


def test_what_cannot_be_taken_back_is_said_and_finished_by_the_next_run() -> None:
    push = push_with(ONE, TWO, names=("web",))
    push.registry.refuses_tags.add(HOSTS[0])
    push.registry.keeps_tags.add("r.example")
    error = failed(push)
    assert error.kind is MIRROR_INCOMPLETE
    (tag,) = tags(push)[0]
    has, _, lacks = error.message.partition("; not published: ")
    assert f"published, and cannot be taken back: r.example/web:{tag}" in has
    assert lacks == f"{ONE}/web:{tag}, {TWO}/web:{tag}"
    assert tags(push) == [{tag}, set(), set()]
    push.registry.refuses_tags.clear()
    result = again(push, names=("web",)).run()
    assert statuses(result) == {"published"}
    assert tags(push) == [{tag}] * 3


def test_a_mirror_that_keeps_its_tag_while_another_refuses() -> None:
    push = push_with(ONE, TWO, names=("web",))
    push.registry.refuses_tags.add(HOSTS[1])
    push.registry.keeps_tags.add(HOSTS[0])
    error = failed(push)
    assert error.kind is MIRROR_INCOMPLETE
    main, one, two = tags(push)
    assert (main, two) == (set(), set())
    assert f"cannot be taken back: {ONE}/web:{one.pop()}" in error.message


def test_a_refusal_where_no_mirror_is_keeps_its_own_code() -> None:
    """Exit code 17 says that something is published for certain, in a run with mirrors."""
    push = MemoryPush(names=("web",))
    push.registry.refuses_tags.add("r.example")
    assert failed(push).kind is REGISTRY_DENIED


class _Coming:
    """A signal that comes while the tags are written where the images are published."""

    def __init__(self) -> None:
        self.asked = 0

    @contextlib.contextmanager
    def held(self) -> Iterator[Callable[[], bool]]:
        def came() -> bool:
            self.asked += 1
            return self.asked > 1

        yield came


def test_an_interruption_before_the_mirrors_takes_everything_back() -> None:
    push = push_with(ONE, names=("web",), signals=_Coming())
    assert failed(push).kind is INTERRUPTED
    assert tags(push) == [set(), set()]


class _Registry(MemoryRegistry):
    """Answers for the mirror with what a test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.scans = 0
        self.swaps = False
        self.no_project = False

    def manifest(self, repository: Repository, reference: str) -> Manifest:
        if repository.host in HOSTS and self.scans:
            self.scans -= 1
            raise BuildtoolError(REGISTRY_SCAN, "not scanned yet")
        found = super().manifest(repository, reference)
        if repository.host in HOSTS and self.swaps:
            return self.add(repository, {"linux/amd64": {"swapped": "yes"}})
        return found

    def digest(self, repository: Repository, reference: str) -> str | None:
        if repository.host in HOSTS and self.no_project and not self.copied:
            raise BuildtoolError(REGISTRY_PROJECT, "no such project")
        return super().digest(repository, reference)


def test_another_image_at_the_mirror_than_was_copied_is_refused() -> None:
    push = push_with(ONE, names=("web",), registry=_Registry())
    push.registry.swaps = True  # type: ignore[attr-defined]
    error = failed(push)
    assert error.kind is PROOF_FAILED
    assert tags(push)[0] == set()


def test_a_mirror_in_a_project_that_is_not_there_yet() -> None:
    """Whether it can be made is for the push to find out, not for the look at its tags."""
    registry = _Registry()
    MemoryPush(names=("web",), registry=registry).run()
    registry.no_project = True
    later = push_with(ONE, names=("web",), registry=registry)
    assert statuses(later.run()) == {"published"}


def test_a_harbor_that_scans_first_is_waited_for() -> None:
    waited: list[str] = []

    class Scans:
        def wait(self, repository: Repository, reference: str) -> None:
            waited.append(repository.at(reference))

    push = push_with(ONE, names=("web",), registry=_Registry())
    push.registry.scans = 1  # type: ignore[attr-defined]
    step = push.mirroring()
    step._scans = Scans()
    push.mirroring = lambda: step  # type: ignore[method-assign]
    result = push.run()
    assert len(waited) == 1
    assert tags(push) == [{result.tag}] * 2


# --- after publishing


def test_a_rollback_is_carried_out_at_the_mirrors_too() -> None:
    push = push_with(ONE, names=("web",))
    first = push.run().tag
    second = MemoryPush(commit=2, names=("web",), registry=push.registry, clock=push.clock, mirrors=(ONE,)).run().tag
    MemoryRollback(push).run("web")
    main, mirror = tags(push)
    assert main == mirror
    assert f"rolled-back-{second}" in mirror
    assert len(mirror - {first, second, f"rolled-back-{second}"}) == 1


def test_a_rollback_stands_where_a_mirror_cannot_follow() -> None:
    push = push_with(ONE, names=("web",))
    push.run()
    second = MemoryPush(commit=2, names=("web",), registry=push.registry, clock=push.clock, mirrors=(ONE,)).run().tag
    push.registry.refuses_tags.add(HOSTS[0])
    rollback = MemoryRollback(push)
    with pytest.raises(BuildtoolError) as raised:
        rollback.run("web")
    assert raised.value.kind is MIRROR_INCOMPLETE
    assert "rolled back where the images are published" in raised.value.message
    main, mirror = tags(push)
    assert f"rolled-back-{second}" in main
    assert f"rolled-back-{second}" not in mirror
    assert rollback.written, "what was published is told"


def test_a_slow_copy_says_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirroring, "_SAY_SECONDS", 0.001)

    class Slow(MemoryRegistry):
        def copy(self, source: Repository, target: Repository, manifest: Manifest) -> CopiedBlobs:
            time.sleep(0.05)
            return super().copy(source, target, manifest)

    push = push_with(ONE, names=("web",), registry=Slow())
    push.run()
    assert any("still on its way to" in line for line in push.recorder.said)
