"""Layer caches as a configuration writes them, and what bake is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.cache_options import (
    cache_reference,
    completed,
    folder_cache,
    is_inline,
    is_registry_cache,
    local_cache,
    registry_cache,
    with_folder,
)
from buildtool.core.build.local_paths import fields
from buildtool.core.image.names import Repository


def over_http(host: str) -> bool:
    return host == "r.example:5000"


def test_the_cache_in_the_registry_suits_harbor() -> None:
    read, write = registry_cache("h:1/a:buildcache", insecure=True)
    assert read == "type=registry,ref=h:1/a:buildcache,registry.insecure=true"
    assert fields(write) == fields(read) | {
        "mode": "max",
        "image-manifest": "true",
        "oci-mediatypes": "true",
        "ignore-error": "true",
    }
    assert "registry.insecure" not in "".join(registry_cache("h:1/a:buildcache", insecure=False))


def test_a_cache_in_a_folder_keeps_every_layer_and_fails_no_build() -> None:
    read, write = folder_cache("/a,b")
    assert (local_cache(read, "src"), local_cache(write, "dest")) == ("/a,b", "/a,b")
    assert {"mode": "max", "ignore-error": "true"}.items() <= fields(write).items()


@pytest.mark.parametrize(
    ("cache", "more"),
    [
        ("type=registry,ref=r.example:5000/web:c", {"ignore-error": "true", "registry.insecure": "true"}),
        ("r.example:5000/web:c", {"type": "registry", "ignore-error": "true", "registry.insecure": "true"}),
        ("type=registry,ref=r.example:5000/web:c,registry.insecure=false", {"ignore-error": "true"}),
        ("type=registry,ref=q.example/web:c", {"ignore-error": "true"}),
        ("type=registry,ref=r.example:50000/web:c", {"ignore-error": "true"}),
        ("type=registry,ref=q.example/web:c,ignore-error=false", {}),
        ("type=gha,scope=a", {"ignore-error": "true"}),
        ("type=local,dest=/c", {"ignore-error": "true"}),
        ("type=inline", {}),
        ("a/b:1,c/d:2", {}),
        ('type=local,"dest', {}),
    ],
)
def test_a_destination_is_completed_and_what_it_says_stays(cache: str, more: dict[str, str]) -> None:
    own = fields(cache) if "=" in cache else {"ref": cache} if "," not in cache else {}
    got = completed(cache, over_http, writes=True)
    assert got == cache if not more else fields(got) == own | more


def test_a_source_may_be_over_http_and_fails_no_build_anyway() -> None:
    assert completed("r.example:5000/web:c", over_http, writes=False) == (
        "type=registry,ref=r.example:5000/web:c,registry.insecure=true"
    )
    assert completed("r.example:5000/web:c", lambda _: False, writes=False) == "r.example:5000/web:c"
    assert completed("type=gha", over_http, writes=False) == "type=gha"


@given(st.text(), st.booleans())
def test_completing_twice_is_completing_once(cache: str, writes: bool) -> None:  # noqa: FBT001
    once = completed(cache, over_http, writes=writes)
    assert completed(once, over_http, writes=writes) == once


@pytest.mark.parametrize(
    ("cache", "inline"),
    [("type=inline", True), ("TYPE=inline", True), ("type=local,dest=inline", False), ("a/b", False)],
)
def test_a_cache_that_is_part_of_the_image(cache: str, *, inline: bool) -> None:
    assert is_inline(cache) is inline


def test_another_folder() -> None:
    assert with_folder("type=local,dest=a,mode=max", "dest", lambda one: f"/x/{one}") == "type=local,dest=/x/a,mode=max"
    for other in ("type=local,src=a", "type=gha", "r.example/c"):
        assert with_folder(other, "dest", lambda _: "/x") == other


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        ("type=registry,ref=r.example:5000/team/web:cache", (Repository("r.example:5000", "team/web"), "cache")),
        ("ref=r.example/web,type=registry,mode=max", (Repository("r.example", "web"), "latest")),
        ('type=registry,"ref=r.example/web:a"', (Repository("r.example", "web"), "a")),
        ("r.example/web:cache", (Repository("r.example", "web"), "cache")),
        ("type=gha,scope=web", None),
        ("type=local,dest=/tmp/cache", None),
        ("type=registry,ref=web", None),
        ("r.example/web@sha256:1", None),
        ("type=registry", None),
        ("type=registry\rref=r.example/web", None),
        ("", None),
    ],
)
def test_where_a_cache_goes(destination: str, expected: tuple[Repository, str] | None) -> None:
    assert cache_reference(destination) == expected


@pytest.mark.parametrize(
    ("cache", "field", "folder"),
    [
        ("type=local,src=/c", "src", "/c"),
        ("type=local,dest=/c,mode=max", "dest", "/c"),
        ('type=local,"dest=/a,b"', "dest", "/a,b"),
        ("TYPE=local,Dest=/c", "dest", "/c"),
        ("type=local,src=/c", "dest", None),
        ("type=local,dest=", "dest", None),
        ("type=gha,dest=/c", "dest", None),
        ("r.example/c", "src", None),
    ],
)
def test_the_folder_of_a_local_cache(cache: str, field: str, folder: str | None) -> None:
    assert local_cache(cache, field) == folder


@pytest.mark.parametrize(
    ("cache", "there"),
    [
        ("type=registry,ref=r.example/c", True),
        ("ref=r.example/c,type=registry", True),
        ("r.example/c:tag", True),
        ("type=gha", False),
        ("type=local,src=/c", False),
    ],
)
def test_caches_in_a_registry(cache: str, *, there: bool) -> None:
    assert is_registry_cache(cache) is there
