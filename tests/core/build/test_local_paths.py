from __future__ import annotations

import pytest

from buildtool.core.build.local_paths import fields, is_registry_cache, layout_folder, local_cache


@pytest.mark.parametrize(
    ("source", "folder"),
    [
        ("oci-layout:///a/b", "/a/b"),
        ("oci-layout://b:tag", "b"),
        ("oci-layout:///a:1/b@sha256:0", "/a:1/b"),
        ("docker-image://b:tag", None),
        ("b", None),
    ],
)
def test_the_folder_of_a_layout(source: str, folder: str | None) -> None:
    assert layout_folder(source) == folder


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


def test_a_line_that_buildx_refuses_has_no_fields() -> None:
    assert fields('type=local,"dest') == {}
