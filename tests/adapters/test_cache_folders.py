"""The folders of layer caches: always one whole cache, whatever becomes of a build."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.adapters.cache_folders import RotatedCaches
from buildtool.core.build.definition import Target, bake_definition
from buildtool.core.build.events import BuildEvent, Step
from buildtool.core.image.names import Platform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from buildtool.core.build.definition import BakeDefinition

READ = "read"


class Writing:
    """A builder that writes what it is told into the folder of each cache, as buildx does: the index last."""

    def __init__(self, content: str = "new", *, index: bool = True, failure: BaseException | None = None) -> None:
        self._content = content
        self._index = index
        self._failure = failure
        self.targets: list[Mapping[str, Any]] = []

    def facts(self) -> Any:
        return "facts"

    def bake(self, definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> dict[str, str]:
        on_event(BuildEvent(Step.DONE, "built"))
        for name, target in definition.document["target"].items():
            self.targets.append(target)
            for cache in target.get("cache-to", ()):
                folder = Path(cache.partition("dest=")[2])
                assert str(folder) in definition.writes
                (folder / "blobs").mkdir()
                (folder / "blobs" / "a").write_text(f"{self._content} {name}")
                if self._failure is not None:
                    raise self._failure
                if self._index:
                    (folder / "index.json").write_text("{}")
        return {"web": "sha256:1"}


@contextlib.contextmanager
def unlocked(_: str) -> Iterator[None]:
    yield


def definition(*places: Path) -> BakeDefinition:
    targets = [
        Target(
            place.name, "/src", "/src/Dockerfile", [Platform.parse("linux/arm64")], None, {},
            cache_from=[f"type=local,src={place}"], cache_to=[f"type=local,dest={place}"],
        )
        for place in places
    ]  # fmt: skip
    names = [str(place) for place in places]
    return bake_definition(targets, writes=names, local_caches=names)


def bake(builder: Writing, *places: Path, own: Path | None = None) -> list[str]:
    """What is told of the caches."""
    events: list[BuildEvent] = []
    assert RotatedCaches(builder, unlocked, own).bake(definition(*places), events.append) == {"web": "sha256:1"}
    return [event.text for event in events if event.step is Step.CACHE]


def content(place: Path) -> str:
    assert (place / "index.json").is_file()
    return (place / "blobs" / "a").read_text()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_build_leaves_what_it_wrote_and_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "caches" / "web"
    for turn in ("first", "second"):
        (place / "blobs" / "old").touch() if place.exists() else None
        builder = Writing(turn)
        assert bake(builder, place) == []
        assert content(place) == f"{turn} web"
        assert (names(place), names(place.parent)) == (["blobs", "index.json"], ["web"])
        assert ("cache-from" in builder.targets[0]) is (turn == "second"), "what is not there is not read"


def test_facts_are_the_builders() -> None:
    facts: object = RotatedCaches(Writing(), unlocked).facts()
    assert facts == "facts"


def test_a_build_without_caches_is_given_on_as_it_is() -> None:
    builder = Writing()
    RotatedCaches(builder, unlocked).bake(definition(), lambda _: None)
    assert builder.targets == []


@pytest.mark.parametrize("failure", [RuntimeError("broken"), KeyboardInterrupt()])
def test_a_build_that_fails_leaves_the_cache_that_was_there(tmp_path: Path, failure: BaseException) -> None:
    place = tmp_path / "web"
    bake(Writing("old"), place)
    with pytest.raises(type(failure)):
        bake(Writing(failure=failure), place)
    assert (content(place), names(tmp_path)) == ("old web", ["web"])


def test_a_cache_that_was_not_written_takes_no_place(tmp_path: Path) -> None:
    place = tmp_path / "web"
    bake(Writing("old"), place)
    assert bake(Writing(index=False), place) == []
    assert (content(place), names(tmp_path)) == ("old web", ["web"])


class KilledError(BaseException):
    """Stands for kill -9: nothing behind it is run, but for `finally` blocks, which change nothing here."""


@pytest.mark.parametrize("step", range(4))
def test_a_run_that_is_killed_between_two_renames_leaves_a_cache_for_the_next(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 0 renames the old one is there, after 1 under its other name, after 2 the new one."""
    place = tmp_path / "web"
    bake(Writing("old"), place)
    left, rename = [step], Path.rename

    def killed(path: Path, target: Path) -> Path:
        if not left[0]:
            raise KilledError
        left[0] -= 1
        return rename(path, target)

    with monkeypatch.context() as patch, contextlib.suppress(KilledError):
        patch.setattr(Path, "rename", killed)
        bake(Writing("new"), place)
    builder = Writing("third")
    assert bake(builder, place) == []
    assert builder.targets[0]["cache-from"] == [f"type=local,src={place}"], "the next run reads a cache"
    assert (content(place), names(tmp_path)) == ("third web", ["web"])


def test_what_a_killed_run_left_goes_away(tmp_path: Path) -> None:
    place = tmp_path / "web"
    bake(Writing("old"), place)
    for name in (".web.buildtool-new", ".web.buildtool-old"):
        (tmp_path / name / "blobs").mkdir(parents=True)
    bake(Writing("new"), place)
    assert (content(place), names(tmp_path)) == ("new web", ["web"])


def test_a_folder_with_other_things_is_left_alone_and_said(tmp_path: Path) -> None:
    """A mistaken path must not cost anybody their files."""
    place = tmp_path / "src"
    place.mkdir()
    (place / "main.py").write_text("kept")
    builder = Writing()
    [told] = bake(builder, place)
    assert told == f"the layer cache in {place} is not written: it holds main.py, which is no part of a cache"
    assert (names(place), names(tmp_path), builder.targets[0].get("cache-to")) == (["main.py"], ["src"], None)


def test_a_place_that_cannot_be_a_folder_fails_no_build(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    [told] = bake(Writing(), tmp_path / "file" / "web")
    assert "is not written: " in told
    [told] = bake(Writing(), tmp_path / "file")
    assert "is not written: " in told
    assert (tmp_path / "file").is_file()


def test_a_folder_that_is_a_link_is_renewed_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "web").symlink_to(tmp_path / "disk" / "web")
    bake(Writing("new"), tmp_path / "web")
    assert (tmp_path / "web").is_symlink()
    assert content(tmp_path / "disk" / "web") == "new web"


def test_the_folder_of_all_caches_hides_itself_from_git(tmp_path: Path) -> None:
    own = tmp_path / "caches"
    bake(Writing(), own / "web", own / "api", own=own)
    assert names(own) == [".gitignore", "api", "web"]
    assert (own / ".gitignore").read_text() == "*\n"
    (own / ".gitignore").unlink()
    bake(Writing(), own / "web", own=own)
    assert names(own) == ["api", "web"], "a folder that was there is somebody's"
    (own / ".gitignore").write_text("mine\n")
    bake(Writing(), own / "web", own=own)
    assert (own / ".gitignore").read_text() == "mine\n"


def test_each_folder_is_locked_while_it_is_read_and_written(tmp_path: Path) -> None:
    held: list[str] = []

    @contextlib.contextmanager
    def lock(name: str) -> Iterator[None]:
        held.append(name)
        yield
        held.remove(name)

    class Asking(Writing):
        def bake(self, definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> dict[str, str]:
            assert held == [str(tmp_path / "api"), str(tmp_path / "web")]
            return super().bake(definition, on_event)

    RotatedCaches(Asking(), lock).bake(definition(tmp_path / "web", tmp_path / "api"), lambda _: None)
    assert held == []
