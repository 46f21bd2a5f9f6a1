"""The caches that bake is given for an image."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.config.settings import CacheConfig, Config, ImageConfig
from buildtool.core.build.builder import BuilderFacts, EngineLimits
from buildtool.usecases.push.image_caches import Caches, caches_of, exported, local_folders

if TYPE_CHECKING:
    from pathlib import Path

OLD = EngineLimits(several_platforms=False)


def configured(folder: Path, image: ImageConfig, *, enabled: bool = False, local: str | None = None) -> Config:
    cache = CacheConfig(enabled=enabled, local=local)
    return Config("r.example:5000", {"web": image}, folder, insecure=True, cache=cache)


WEB = ImageConfig(
    "web",
    (),
    cache_from=("r.example:5000/x:c", "type=local,src=kept"),
    cache_to=("type=inline", "type=registry,ref=q.example/x:c", "type=local,dest=/kept"),
)


def test_everything_that_is_configured(tmp_path: Path) -> None:
    config = configured(tmp_path, WEB, enabled=True, local="../caches")
    read, written = caches_of(config, None, WEB, pushed=True)
    own = "type=registry,ref=r.example:5000/web:buildcache,registry.insecure=true"
    folder = f"{tmp_path.parent}/caches/web"
    assert read == [
        "type=registry,ref=r.example:5000/x:c,registry.insecure=true",
        f"type=local,src={tmp_path}/kept",
        own,
        f"type=local,src={folder}",
    ]
    assert written[0] == "type=inline"
    assert written[1:3] == [
        "type=registry,ref=q.example/x:c,ignore-error=true",
        "type=local,dest=/kept,ignore-error=true",
    ]
    assert [one.startswith(own) for one in written] == [False, False, False, True, False]
    assert local_folders(written, "dest") == ["/kept", folder]


def test_a_build_without_a_registry_asks_none_for_caches(tmp_path: Path) -> None:
    config = configured(tmp_path, WEB, enabled=True)
    read, written = caches_of(config, None, WEB, pushed=False)
    assert read == [f"type=local,src={tmp_path}/kept"]
    assert written == ["type=inline", "type=local,dest=/kept,ignore-error=true"]


def test_a_builder_that_writes_no_caches_is_asked_for_inline_ones_alone(tmp_path: Path) -> None:
    config = configured(tmp_path, WEB, enabled=True)
    builder = BuilderFacts("default", "docker", (0, 13, 1), frozenset(), OLD)
    assert caches_of(config, builder, WEB, pushed=True).written == ["type=inline"]
    assert len(caches_of(config, builder, WEB, pushed=True).read) == 3
    container = replace(builder, driver="docker-container")
    assert len(caches_of(config, container, WEB, pushed=True).written) == 4


def test_whether_a_build_writes_a_cache_apart_from_the_image(tmp_path: Path) -> None:
    plain, inline = ImageConfig("web", ()), ImageConfig("web", (), cache_to=("type=inline",))
    assert not exported(configured(tmp_path, plain), plain, pushed=True)
    assert not exported(configured(tmp_path, inline), inline, pushed=True)
    assert exported(configured(tmp_path, inline, enabled=True), inline, pushed=True)
    assert not exported(configured(tmp_path, inline, enabled=True), inline, pushed=False)
    assert exported(configured(tmp_path, plain, local="c"), plain, pushed=False)
    assert caches_of(configured(tmp_path, plain), None, plain, pushed=True) == Caches([], [])
