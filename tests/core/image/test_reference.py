"""Image references: registry, path, tag and digest, as distribution's own rules say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.image.reference import parse_reference

D = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("text", "whole", "familiar"),
    [
        ("nginx", "docker.io/library/nginx:latest", "nginx"),
        ("nginx:1", "docker.io/library/nginx:1", "nginx:1"),
        ("nginx:latest", "docker.io/library/nginx:latest", "nginx"),
        ("library/nginx", "docker.io/library/nginx:latest", "nginx"),
        ("team/web:1", "docker.io/team/web:1", "team/web:1"),
        ("docker.io/nginx:1", "docker.io/library/nginx:1", "nginx:1"),
        ("index.docker.io/team/web", "docker.io/team/web:latest", "team/web"),
        ("localhost/web:1", "localhost/web:1", "localhost/web:1"),
        ("127.0.0.1:5000/web", "127.0.0.1:5000/web:latest", "127.0.0.1:5000/web"),
        ("r.example/library/web:1", "r.example/library/web:1", "r.example/library/web:1"),
        ("[::1]:5000/web:1", "[::1]:5000/web:1", "[::1]:5000/web:1"),
        (f"nginx@{D}", f"docker.io/library/nginx@{D}", f"nginx@{D}"),
        (f"r.example/web:1@{D}", f"r.example/web:1@{D}", f"r.example/web:1@{D}"),
        ("a__b/c-d.e", "docker.io/a__b/c-d.e:latest", "a__b/c-d.e"),
    ],
)
def test_names(text: str, whole: str, familiar: str) -> None:
    found = parse_reference(text)
    assert (str(found), found.familiar) == (whole, familiar)
    assert parse_reference(whole) == found


@pytest.mark.parametrize(
    "text",
    ["", "Nginx", "a b", "a:", ":1", "a@b", f"a@{D}@{D}", "r.example/", "/a", "a//b", "a:1:2", "r.example:x/a", "$A"],
)
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(ValueError, match="not an image reference"):
        parse_reference(text)


@given(st.text())
def test_any_text_is_one_or_is_refused(text: str) -> None:
    try:
        found = parse_reference(text)
    except ValueError:
        return
    assert parse_reference(str(found)) == found
    assert parse_reference(found.familiar) == found
