"""The context that a Dockerfile's COPY lines need."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("RUN FROM x\n", []),
        ("  from a\n", ["a"]),
        ("FROM a AS b\nFROM b\nFROM scratch\n", ["a", "b", "scratch"]),
        ("FROM \\\n  a\n", ["a"]),
        ("FROM \\\n# a comment\n  a\n", ["a"]),
        ("FROM --platform=$BUILDPLATFORM --x=y a:1@sha256:0\n", ["a:1@sha256:0"]),
        ("# FROM a\n", []),
        ("FROM ${BASE:-a}\n", ["${BASE:-a}"]),
    ],
)
def test_what_from_names(text: str, names: list[str]) -> None:
    assert bases(text) == names


LINES = st.sampled_from(
    [
        "COPY go.mod /",
        "COPY main.go /",
        "COPY . .",
        "ADD shared/ /x/",
        "COPY nowhere /",
        "COPY --from=x a /",
        "RUN true",
        "COPY [",
        'COPY ["go.mod", "/"]',
        "COPY <<EOF /",
        "COPY",
        "COPY go.mod",
        "# COPY go.mod /",
        "COPY ../x /",
    ]
)


@given(st.lists(LINES, max_size=6))
def test_the_context_is_the_dockerfiles_folder_or_one_above(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert context_of("services/web/Dockerfile", text, FOLDERS, PATHS) in {"services/web", "services", ""}
    assert context_of("Dockerfile", text, FOLDERS, PATHS) == ""


@given(st.text(alphabet='COPYADFRM -=[]"\\\n#<$./', max_size=60))
def test_any_text_has_a_context(text: str) -> None:
    assert context_of("services/web/Dockerfile", text, FOLDERS, PATHS) in {"services/web", "services", ""}
    assert all(name.strip() for name in bases(text))
