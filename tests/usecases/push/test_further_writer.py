"""Further tags are written last, of unchanged images too, and end at the newest of several pushes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from buildtool.core.image.labels import REVISION, VERSION
from buildtool.errors import REGISTRY_DENIED, REGISTRY_UNREACHABLE, BuildtoolError
from buildtool.usecases.push.further import FurtherFate
from tests.support.memory.push import MemoryPush, sha
from tests.support.memory.registry import MemoryRegistry
from tests.usecases.push.test_further_judge import SEMVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import Manifest

NOW = 1_707_300_000
FURTHER = {"latest", "main"}


class Watched(MemoryRegistry):
    """Notes what is written, in order; `before` and `after` are called around the writing of a further tag."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[str] = []
        self.before: Callable[[Repository, str], None] = lambda *_: None
        self.after: Callable[[Repository, str], None] = lambda *_: None

    def put_manifest(self, repository: Repository, tag: str, manifest: Manifest) -> None:
        if tag in FURTHER:
            self.before(repository, tag)
        super().put_manifest(repository, tag, manifest)
        if ":" not in tag:
            self.order.append(tag)
        if tag in FURTHER:
            self.after(repository, tag)


def push(commit: int = 1, registry: MemoryRegistry | None = None, **changes: Any) -> MemoryPush:
    settings = {"names": ["web"], "further": ["latest"], **changes}
    return MemoryPush(commit, registry=registry or Watched(), **settings)


def labelled(registry: MemoryRegistry, name: str, tag: str) -> str:
    """The version that the image under a tag was published as."""
    digest = registry.tagged[name][tag]
    return next(other for other, found in registry.tagged[name].items() if found == digest and other not in FURTHER)


def statuses(made: MemoryPush) -> dict[str, str]:
    return {one["template"]: one["status"] for one in made.run().document()["images"][0]["further_tags"]}


def test_they_are_written_after_every_sortable_tag() -> None:
    made = push(names=["web", "api"], further=["latest", "{branch}"])
    result = made.run()
    registry = made.registry
    assert isinstance(registry, Watched)
    sortable = f"main-{sha(1)[:7]}-{NOW}"
    finals = [tag for tag in registry.order if tag != "unproven"]
    assert (finals[:2], sorted(finals[2:])) == ([sortable] * 2, ["latest"] * 2 + ["main"] * 2)
    assert len(made.written) == len(made.recorder.writes) == 6
    fates = [one.fate for outcome in result.outcomes for one in outcome.further]
    assert fates == [FurtherFate.NEW] * 4


def test_what_became_of_them_is_told() -> None:
    first = push(further=["latest", "pr-{number}"])
    assert statuses(first) == {"latest": "written", "pr-{number}": "left-out"}
    assert statuses(push(1, first.registry)) == {"latest": "unchanged"}
    assert statuses(push(2, first.registry)) == {"latest": "moved"}
    assert labelled(first.registry, "web", "latest") == f"main-{sha(2)[:7]}-{NOW + 1}"


def test_no_further_tags_ask_nothing() -> None:
    made = push(further=[])
    planner = made.planner()
    plan = planner.plan(made.options)
    made.live.read = lambda _: pytest.fail("nothing has to be known")  # type: ignore[assignment,method-assign]
    assert made.publisher(planner).further(plan, []) == {"web": []}


def comes(registry: MemoryRegistry, repository: Repository, commit: int) -> str:
    """Another run publishes a commit: its sortable tag, and latest, as this run does."""
    tag = f"main-{sha(commit)[:7]}-{NOW + 50 + commit}"
    manifest = registry.add(repository, {"linux/amd64": {REVISION: sha(commit), VERSION: tag}}, tag)
    MemoryRegistry.put_manifest(registry, repository, "latest", manifest)
    return tag


@pytest.mark.parametrize("other", [1, 2, 3, 5])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_two_pushes_end_at_the_newer_commit(other: int, moment: str) -> None:
    """The other one comes right before or right after this run's write: neither may be lost for good."""
    made = push(3, further=["latest"])
    registry = made.registry
    came: list[str] = []
    assert isinstance(registry, Watched)

    def once(repository: Repository, _tag: str) -> None:
        if not came:
            came.append(comes(registry, repository, other))

    setattr(registry, moment, once)
    made.run()
    ends_at = labelled(registry, "web", "latest")
    if other == 3:
        assert f"-{sha(3)[:7]}-" in ends_at, "two images of one commit: either"
    elif other > 3:
        assert ends_at == came[0]
    elif moment == "before":
        assert f"-{sha(3)[:7]}-" in ends_at
    else:  # the older run writes last: it looks once more itself, as the next test shows
        assert ends_at == came[0] or f"-{sha(3)[:7]}-" in ends_at


def test_the_older_of_two_puts_the_newer_one_back() -> None:
    """Both read, the newer writes, the older overwrites it: then the older looks, and repairs."""
    made = push(3, further=["latest"])
    registry = made.registry
    newer: list[str] = []
    assert isinstance(registry, Watched)

    def overtaken(repository: Repository, _tag: str) -> None:
        if not newer:
            tag = f"main-{sha(9)[:7]}-{NOW + 90}"
            registry.add(repository, {"linux/amd64": {REVISION: sha(9), VERSION: tag}}, tag)
            newer.append(tag)

    registry.before = overtaken
    result = made.run()
    assert labelled(registry, "web", "latest") == newer[0]
    assert [write.tag for write in made.written][-1] == "latest"
    assert [one.fate for one in result.outcomes[0].further] == [FurtherFate.MOVES]


def test_a_release_that_is_overtaken_leaves_latest_to_the_higher_one() -> None:
    settings: dict[str, Any] = {"policy": SEMVER, "branch": None, "further": ["latest", "{major}.{minor}"]}
    made = push(3, git_tags=("v1.2.3",), **settings)
    registry = made.registry
    higher: list[str] = []
    assert isinstance(registry, Watched)

    def overtaken(repository: Repository, _tag: str) -> None:
        if not higher:
            labels = {REVISION: sha(9), VERSION: "1.3.0"}
            higher.append(registry.add(repository, {"linux/amd64": labels}, "1.3.0").digest)

    registry.before = overtaken
    made.run()
    tagged = registry.tagged["web"]
    assert tagged["latest"] == higher[0] == tagged["1.3.0"]
    assert tagged["1.2"] == tagged["1.2.3"] != higher[0], "the tag of the own line stays there"


def test_others_that_never_rest_are_not_waited_for() -> None:
    made = push(3, further=["latest"])
    registry = made.registry
    assert isinstance(registry, Watched)
    count = iter(range(100))

    def always(repository: Repository, _tag: str) -> None:
        manifest = registry.add(repository, {"linux/amd64": {REVISION: sha(1), VERSION: f"x{next(count)}"}})
        MemoryRegistry.put_manifest(registry, repository, "latest", manifest)

    registry.after = always
    made.run()
    assert any("whether they point at the newest is unknown" in warning for warning in made.recorder.warnings)


def test_one_that_a_foreign_image_took_meanwhile_stays_and_is_said() -> None:
    made = push(3, further=["latest"])
    registry = made.registry
    came: list[str] = []
    assert isinstance(registry, Watched)

    def foreign(repository: Repository, tag: str) -> None:
        if not came:
            came.append(registry.add(repository, {"linux/amd64": {}}, tag).digest)

    registry.after = foreign
    made.run()
    assert registry.tagged["web"]["latest"] == came[0]
    assert any("web: latest stays: it points at sha256:" in warning for warning in made.recorder.warnings)


@pytest.mark.parametrize("kind", [REGISTRY_DENIED, REGISTRY_UNREACHABLE])
def test_what_fails_names_the_tags_and_leaves_the_sortable_ones(kind: Any) -> None:
    first = push()
    first.run()
    there = dict(first.registry.tagged["web"])
    second = push(2, first.registry)
    registry = first.registry
    assert isinstance(registry, Watched)

    def refused(_repository: Repository, _tag: str) -> None:
        raise BuildtoolError(kind, "no", fix="ask", place="memory")

    registry.before = refused
    with pytest.raises(BuildtoolError) as caught:
        second.run()
    assert (caught.value.kind, caught.value.fix, caught.value.place) == (kind, "ask", "memory")
    assert caught.value.message.startswith("further tags (r.example/web:latest): no")
    assert "only the tags named as published before are there" in caught.value.message
    assert registry.tagged["web"]["latest"] == there["latest"]
    assert [write.tag for write in second.written] == [f"main-{sha(2)[:7]}-{NOW + 1}"]
    registry.before = lambda *_: None
    assert statuses(push(2, registry)) == {"latest": "moved"}, "the next run completes it"
