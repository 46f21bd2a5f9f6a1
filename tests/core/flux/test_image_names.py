"""Names of images that Flux can watch, and the one spelling of Docker Hub's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.image_names import canonical, image_problem


@pytest.mark.parametrize(
    "image",
    [
        "nginx",
        "library/nginx",
        "docker.io/library/nginx",
        "localhost/app",
        "localhost:5000/app",
        "192.168.0.40:5000/frontend",
        "harbor.example.org/team/a/b-c_d.e",
        "ghcr.io/o/r",
        "[::1]:5000/app",
        "[fd00::1]/team/app",
        "HOST.example/app",
        "a--b/c__d",
        "team/a",
    ],
)
def test_what_flux_takes(image: str) -> None:
    assert image_problem(image) == ""


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("", "is not an image name"),
        ("https://r.io/app", "has a URL scheme"),
        ("r.io/app@sha256:1", "has a digest"),
        ("r.io/app:1", "has a tag"),
        ("r.io:5000/app:1", "has a tag"),
        ("nginx:1", "is not an image name"),
        ("r.io/App", "is not an image name"),
        ("r.io/app/", "is not an image name"),
        ("/app", "is not an image name"),
        ("r.io//app", "is not an image name"),
        ("r.io/-app", "is not an image name"),
        ("r.io/a___b", "is not an image name"),
        ("r.io/app\n", "is not an image name"),
        ("[::1:5000/app", "is not an image name"),
        ("[r.io]:5000/app", "is not an image name"),
        ("[::1]:5000/app:1", "has a tag"),
        ("r.io/é", "is not an image name"),
        ("s", "has a path of a single character"),
        ("r.io/s", "has a path of a single character"),
        ("localhost/s", "has a path of a single character"),
        ("host:5000/s", "has a path of a single character"),
        ("r.io/" + "a" * 520, "is longer than 512 characters"),
    ],
)
def test_what_flux_refuses(image: str, words: str) -> None:
    assert words in image_problem(image)


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("library/nginx", "docker.io/library/nginx"),
        ("team/app", "docker.io/team/app"),
        ("docker.io/nginx", "docker.io/library/nginx"),
        ("index.docker.io/team/app", "docker.io/team/app"),
        ("registry-1.docker.io/library/nginx", "docker.io/library/nginx"),
        ("localhost/app", "localhost/app"),
        ("r.io/app", "r.io/app"),
        ("host:5000/app", "host:5000/app"),
    ],
)
def test_one_spelling(image: str, name: str) -> None:
    assert canonical(image) == name


@given(st.from_regex(r"\A(?:[a-z0-9]{1,5}\.io(?::[0-9]{1,4})?/)?[a-z0-9]{2,5}(?:/[a-z0-9]{1,5}){0,2}\Z"))
def test_the_one_spelling_is_one_that_flux_takes_and_is_its_own(image: str) -> None:
    assert image_problem(image) == ""
    assert image_problem(canonical(image)) == ""
    assert canonical(canonical(image)) == canonical(image)


@given(st.text(max_size=40))
def test_any_text_has_an_answer(text: str) -> None:
    assert image_problem(text) == "" or image_problem(text).split()[0] in {"is", "has"}
