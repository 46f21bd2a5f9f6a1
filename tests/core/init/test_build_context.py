"""The context that a Dockerfile's COPY lines need."""

from __future__ import annotations

import pytest

from buildtool.core.init.build_context import bases, context_of

PATHS = {"go.mod", "services/web/main.go", "services/web/Dockerfile", "services/shared/a.txt", "docker/web.Dockerfile"}
FOLDERS = {"services", "services/web", "services/shared", "docker"}


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("FROM scratch\n", "services/web"),
        ("COPY main.go /\n", "services/web"),
        ("COPY . .\n", "services/web"),
        ("COPY go.mod /\n", ""),
        ("COPY shared/ /x/\n", "services"),
        ("COPY --chown=1:1 shared/ /x/\n", "services"),
        ('ADD ["go.mod", "/"]\n', ""),
        ("COPY \\\n  go.mod \\\n  services/web/main.go \\\n  /\n", ""),
        ("COPY --from=build go.mod /\n", "services/web"),
        ("COPY *.mod $NAME https://x/y /\n", "services/web"),
        ("COPY nowhere.txt /\n", "services/web"),
        ("COPY <<EOF /a\ngo.mod\nEOF\n", "services/web"),
    ],
)
def test_the_nearest_folder_that_has_what_is_copied(text: str, context: str) -> None:
    assert context_of("services/web/Dockerfile", text, FOLDERS, PATHS) == context


def test_a_dockerfile_in_a_folder_of_its_own() -> None:
    assert context_of("docker/web.Dockerfile", "COPY services/web/main.go /\n", FOLDERS, PATHS) == ""


def test_bases() -> None:
    assert bases("FROM --platform=linux/amd64 redis:7 AS base\nfrom base\n") == ["redis:7", "base"]
