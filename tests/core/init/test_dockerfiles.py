"""Which paths are Dockerfiles of images, and what the images may be called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.init.dockerfiles import find


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("Dockerfile", ""),
        ("web/Dockerfile", "web"),
        ("web/Containerfile", "web"),
        ("Dockerfile.backend", "backend"),
        ("Containerfile.backend", "backend"),
        ("worker.Dockerfile", "worker"),
        ("docker/worker.dockerfile", "worker"),
        ("services/web/docker/Dockerfile", "web"),
        ("docker/Dockerfile", ""),
    ],
)
def test_a_dockerfile_and_its_name(path: str, hint: str) -> None:
    [found] = find([path, "README.md"])
    assert (found.path, found.hint, found.doubt) == (path, hint, "")


@pytest.mark.parametrize(
    "path",
    [
        "Dockerfile.dockerignore",
        "web/Dockerfile.md",
        "Dockerfile.j2",
        "Dockerfile.bak",
        "dockerfiles.txt",
        "myDockerfile",
    ],
)
def test_what_only_sounds_like_one(path: str) -> None:
    assert find([path]) == []


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("tests/web/Dockerfile", "below a folder tests"),
        (".devcontainer/Dockerfile", "below a folder .devcontainer"),
        ("Dockerfile.dev", "dev is the name of a variant"),
        ("a\nb/Dockerfile", "cannot be printed"),
        ("\ufffd/Dockerfile", "not UTF-8"),
    ],
)
def test_what_is_doubtful(path: str, why: str) -> None:
    [found] = find([path])
    assert why in found.doubt


def test_a_second_file_in_the_folder_of_an_image_is_named_after_both() -> None:
    assert [one.hint for one in find(["web/Dockerfile", "web/Dockerfile.worker"])] == ["web", "web-worker"]


@given(st.lists(st.text(alphabet="aD/.\n-Dockerfile", max_size=20)))
def test_every_answer_is_one_of_the_paths(paths: list[str]) -> None:
    assert {one.path for one in find(paths)} <= set(paths)


@pytest.mark.parametrize(
    ("paths", "images"),
    [
        (["Dockerfile.prod"], {"Dockerfile.prod": ""}),
        (["web/Dockerfile.production"], {"web/Dockerfile.production": "web"}),
        (["docker/Dockerfile", "docker/Dockerfile.prod"], {"docker/Dockerfile.prod": ""}),
        (["a/Dockerfile", "b/Dockerfile.prod"], {"a/Dockerfile": "a", "b/Dockerfile.prod": "b"}),
        (
            ["Dockerfile", "Dockerfile.prod", "Dockerfile.worker"],
            {"Dockerfile.prod": "", "Dockerfile.worker": "worker"},
        ),
        (["Dockerfile.prod", "Dockerfile.release"], {"Dockerfile.prod": ""}),
    ],
)
def test_the_one_for_production_is_the_image_of_its_folder(paths: list[str], images: dict[str, str]) -> None:
    assert {one.path: one.hint for one in find(paths) if not one.doubt} == images
