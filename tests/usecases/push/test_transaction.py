"""All tags or none; what could not be taken back is named."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import pytest

from buildtool.core.image.names import Repository
from buildtool.errors import INTERRUPTED, REGISTRY_DENIED, REGISTRY_UNREACHABLE, TAG_EXISTS, BuildtoolError
from buildtool.usecases.push import transaction as module
from buildtool.usecases.push.transaction import Transaction, Write
from tests.support.memory.push import NoSignals
from tests.support.memory.registry import MemoryRegistry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from buildtool.core.registry.contents import Manifest, TagRemoval

TAG = "main-abc1234-1707300000"
WEB, API = Repository("r.example", "web"), Repository("r.example", "api")


class Faulty(MemoryRegistry):
    """`fails` maps a request and a path to the error it ends in; `stores` says that a failing PUT was stored."""

    def __init__(self, *, removes_tags: bool = True) -> None:
        super().__init__(removes_tags=removes_tags)
        self.fails: dict[tuple[str, str], Exception] = {}
        self.hangs: dict[tuple[str, str], threading.Event] = {}
        self.stores = False

    def put_manifest(self, repository: Repository, tag: str, manifest: Manifest) -> None:
        if self.stores:
            super().put_manifest(repository, tag, manifest)
        self._pass("put", repository)
        super().put_manifest(repository, tag, manifest)

    def remove_tag(self, repository: Repository, tag: str) -> TagRemoval:
        self._pass("remove", repository)
        return super().remove_tag(repository, tag)

    def _pass(self, name: str, repository: Repository) -> None:
        if (name, repository.path) in self.hangs:
            self.hangs[name, repository.path].wait()
        if (name, repository.path) in self.fails:
            raise self.fails[name, repository.path]


class Interrupting:
    """A signal has come already."""

    @contextlib.contextmanager
    def held(self) -> Iterator[Callable[[], bool]]:
        asked: list[int] = []

        def came() -> bool:
            asked.append(1)
            return len(asked) > 1  # not yet when the writing begins

        yield came


@pytest.fixture
def registry() -> Faulty:
    return Faulty()


def writes(registry: MemoryRegistry, tag: str = TAG) -> list[Write]:
    labels = {"linux/amd64": {"of": "this run"}}
    return [Write(one.path, one, tag, registry.add(one, labels)) for one in (WEB, API)]


def run(registry: MemoryRegistry, *, signals: module.Signals | None = None, holds: bool = True) -> bool:
    lock = contextlib.nullcontext()
    transaction = Transaction(registry, lambda _: lock, signals or NoSignals())
    told: list[Write] = []
    return transaction.run(writes(registry), lambda: holds, told.extend)


def tags(registry: MemoryRegistry) -> dict[str, set[str]]:
    return {one.path: set(registry.tagged[one.path]) for one in (WEB, API)}


def test_all_tags_are_written(registry: Faulty) -> None:
    assert run(registry)
    assert tags(registry) == {"web": {TAG}, "api": {TAG}}


def test_nothing_is_written_when_the_plan_does_not_hold_any_more(registry: Faulty) -> None:
    assert not run(registry, holds=False)
    assert tags(registry) == {"web": set(), "api": set()}


def test_the_lock_is_held_from_the_question_to_the_last_tag(registry: Faulty) -> None:
    seen: list[str] = []

    @contextlib.contextmanager
    def lock(name: str) -> Iterator[None]:
        seen.append(f"locked {name}")
        yield
        seen.append(f"let go with {sorted(registry.tagged['api'])}")

    def holds() -> bool:
        seen.append("asked")
        return True

    Transaction(registry, lock, NoSignals()).run(writes(registry), holds, lambda _: seen.append("told"))
    assert seen == ["locked r.example", "asked", "told", f"let go with ['{TAG}']"]


@pytest.mark.parametrize("stores", [False, True])
def test_one_refusal_takes_all_back(registry: Faulty, stores: bool) -> None:  # noqa: FBT001
    registry.fails["put", "api"] = BuildtoolError(REGISTRY_DENIED, "no", fix="ask the owner", place="r.example")
    registry.stores = stores
    with pytest.raises(BuildtoolError) as caught:
        run(registry)
    assert tags(registry) == {"web": set(), "api": set()}
    assert (caught.value.kind, caught.value.fix, caught.value.place) == (REGISTRY_DENIED, "ask the owner", "r.example")
    assert caught.value.message == "no; no tag was published"


def test_what_cannot_be_taken_back_is_named_and_nothing_else() -> None:
    registry = Faulty(removes_tags=False)
    registry.fails["put", "api"] = BuildtoolError(REGISTRY_UNREACHABLE, "gone")
    with pytest.raises(BuildtoolError) as caught:
        run(registry)
    assert tags(registry) == {"web": {TAG}, "api": set()}
    assert caught.value.message == (
        f"gone; may be published all the same, delete it: r.example/web:{TAG} (this registry cannot take one tag away)"
    )


def test_a_removal_that_fails_is_told_with_its_reason(registry: Faulty) -> None:
    registry.fails["put", "api"] = BuildtoolError(REGISTRY_UNREACHABLE, "gone")
    registry.fails["remove", "web"] = BuildtoolError(REGISTRY_DENIED, "deleting is not allowed")
    with pytest.raises(BuildtoolError, match=rf"r\.example/web:{TAG} \(deleting is not allowed\)"):
        run(registry)


def test_a_registry_that_hangs_does_not_hold_up_an_interrupted_run(
    registry: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LAST_ANSWERS_SECONDS", 0.05)
    monkeypatch.setattr(module, "_TAKE_BACK_SECONDS", 0.2)
    registry.hangs["put", "api"] = threading.Event()
    with pytest.raises(BuildtoolError) as caught:
        run(registry, signals=Interrupting())
    assert caught.value.kind is INTERRUPTED
    assert f"r.example/api:{TAG} (the registry did not answer to its upload)" in caught.value.message
    assert tags(registry)["web"] == set()
    registry.hangs["put", "api"].set()


def test_a_removal_without_an_answer_is_named(registry: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TAKE_BACK_SECONDS", 0.05)
    registry.fails["put", "api"] = BuildtoolError(REGISTRY_UNREACHABLE, "gone")
    registry.hangs["remove", "web"] = threading.Event()
    with pytest.raises(BuildtoolError, match=rf"r\.example/web:{TAG} \(no answer within 0 s\)"):
        run(registry)
    registry.hangs["remove", "web"].set()


def test_a_signal_that_comes_after_the_last_tag_takes_nothing_back_and_what_is_written_is_known(
    registry: Faulty,
) -> None:
    class Late:
        @contextlib.contextmanager
        def held(self) -> Iterator[Callable[[], bool]]:
            yield lambda: len(registry.tagged["web"]) == len(registry.tagged["api"]) == 1
            raise KeyboardInterrupt

    told: list[Write] = []
    transaction = Transaction(registry, lambda _: contextlib.nullcontext(), Late())
    with pytest.raises(KeyboardInterrupt):
        transaction.run(writes(registry), lambda: True, told.extend)
    assert tags(registry) == {"web": {TAG}, "api": {TAG}}
    assert [write.reference for write in told] == [f"r.example/web:{TAG}", f"r.example/api:{TAG}"]


def test_a_tag_of_another_digest_is_never_written_over(registry: Faulty) -> None:
    other = registry.add(API, {"linux/amd64": {"of": "another run"}}, TAG)
    with pytest.raises(BuildtoolError) as caught:
        run(registry)
    assert caught.value.kind is TAG_EXISTS
    assert other.digest in caught.value.message
    assert registry.tagged["api"] == {TAG: other.digest}
    assert tags(registry)["web"] == set()


def test_a_tag_that_is_there_with_this_digest_stays_when_the_others_are_taken_back(registry: Faulty) -> None:
    registry.add(WEB, {"linux/amd64": {"of": "this run"}}, TAG)
    registry.fails["put", "api"] = BuildtoolError(REGISTRY_UNREACHABLE, "gone")
    with pytest.raises(BuildtoolError):
        run(registry)
    assert tags(registry) == {"web": {TAG}, "api": set()}


OLD = {"linux/amd64": {"of": "an earlier run"}}


def moves(registry: MemoryRegistry) -> list[Write]:
    """`latest` of both images points at an earlier one, and is to point at this run's."""
    made = []
    for write in writes(registry, "latest"):
        old = registry.add(write.repository, OLD, "latest")
        made.append(Write(write.name, write.repository, "latest", write.manifest, old))
    return made


def points_at(registry: MemoryRegistry, *written: Write) -> list[str]:
    """Where the tag of each points: `old`, `new`, or at something else."""
    names = [{write.manifest.digest: "new", write.instead.digest: "old"} for write in written if write.instead]
    return [
        name.get(registry.tagged[write.repository.path].get("latest", ""), "other")
        for name, write in zip(names, written, strict=True)
    ]


def move(registry: MemoryRegistry, wanted: list[Write], signals: module.Signals | None = None) -> None:
    lock = contextlib.nullcontext()
    Transaction(registry, lambda _: lock, signals or NoSignals()).run(wanted, lambda: True, lambda _: None)


def test_a_tag_moves_from_what_it_is_said_to_point_at(registry: Faulty) -> None:
    wanted = moves(registry)
    move(registry, wanted)
    assert points_at(registry, *wanted) == ["new", "new"]
    move(registry, wanted)
    assert points_at(registry, *wanted) == ["new", "new"], "once more changes nothing"


def test_a_tag_that_another_run_moved_meanwhile_is_left_alone(registry: Faulty) -> None:
    wanted = moves(registry)
    registry.add(API, {"linux/amd64": {"of": "another run"}}, "latest")
    with pytest.raises(BuildtoolError, match=r"r\.example/api:latest exists with digest") as caught:
        move(registry, wanted)
    assert caught.value.kind is TAG_EXISTS
    assert points_at(registry, *wanted) == ["old", "other"]


@pytest.mark.parametrize("stores", [False, True])
def test_one_refusal_puts_all_back(registry: Faulty, *, stores: bool) -> None:
    wanted = moves(registry)
    registry.fails["put", "api"] = BuildtoolError(REGISTRY_DENIED, "no")
    registry.stores = stores
    with pytest.raises(BuildtoolError) as caught:
        move(registry, wanted)
    after = points_at(registry, *wanted)
    assert after[0] == "old"
    if stores:
        assert after[1] == "old", "the registry took what it then refused to take back: it is asked, not assumed"
    assert caught.value.kind is REGISTRY_DENIED
    assert "no tag was published" in caught.value.message or "may be moved all the same" in caught.value.message


def test_what_cannot_be_put_back_is_named_with_where_it_pointed(registry: Faulty) -> None:
    wanted = moves(registry)
    put = registry.put_manifest
    asked: list[str] = []

    def once(repository: Repository, tag: str, manifest: Manifest) -> None:
        asked.append(repository.path)
        if repository == API or asked.count(repository.path) > 1:
            raise BuildtoolError(REGISTRY_UNREACHABLE, "gone")
        put(repository, tag, manifest)

    registry.put_manifest = once  # type: ignore[method-assign]
    with pytest.raises(BuildtoolError) as caught:
        move(registry, wanted)
    assert points_at(registry, *wanted) == ["new", "old"]
    before = wanted[0].instead
    assert before is not None
    assert caught.value.message == (
        f"gone; may be moved all the same: r.example/web:latest (gone); before it was {before.digest}"
    )


def test_one_that_another_run_has_moved_on_is_not_put_back(registry: Faulty) -> None:
    wanted = moves(registry)
    registry.fails["put", "api"] = BuildtoolError(REGISTRY_DENIED, "no")
    put = registry.put_manifest

    def moved_on(repository: Repository, tag: str, manifest: Manifest) -> None:
        put(repository, tag, manifest)
        registry.add(WEB, {"linux/amd64": {"of": "another run"}}, "latest")

    registry.put_manifest = moved_on  # type: ignore[method-assign]
    with pytest.raises(BuildtoolError, match="no tag was published"):
        move(registry, wanted)
    assert points_at(registry, *wanted) == ["other", "old"]


def test_an_interruption_puts_back_what_was_moved(registry: Faulty) -> None:
    """One of the uploads does not answer: whether it arrives later is not known, and said."""
    wanted = moves(registry)
    hung = registry.hangs.setdefault(("put", "api"), threading.Event())
    try:
        with pytest.raises(BuildtoolError) as caught:
            move(registry, wanted, Interrupting())
    finally:
        hung.set()
    assert caught.value.kind is INTERRUPTED
    assert points_at(registry, wanted[0]) == ["old"]
    before = wanted[1].instead
    assert before is not None
    assert caught.value.message == (
        "interrupted while publishing; may be moved all the same: r.example/api:latest (the registry did not answer to "
        f"its upload); before it was {before.digest}"
    )


def test_a_version_that_is_there_is_told_to_take_the_next(registry: Faulty) -> None:
    [web, _] = writes(registry, "1.2.3")
    registry.add(WEB, OLD, "1.2.3")
    with pytest.raises(BuildtoolError) as caught:
        move(registry, [web])
    assert (caught.value.kind, "1.2.4" in caught.value.fix) == (TAG_EXISTS, True)
    lock = contextlib.nullcontext()
    transaction = Transaction(registry, lambda _: lock, NoSignals())
    with pytest.raises(BuildtoolError, match="exists with digest"):
        transaction.require_there(web)
