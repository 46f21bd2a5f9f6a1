"""Which images a build takes from registries; tests/e2e/test_base_images.py compares it with what BuildKit looks up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.base_images import BaseImages, BuildSettings, base_images
from buildtool.core.image.names import Platform

ARM, AMD = Platform.parse("linux/arm64"), Platform.parse("linux/amd64")
D = "sha256:" + "0" * 64
HUB = "docker.io/library/"


def found(
    text: str, *, stage: str | None = None, changing: frozenset[str] = frozenset(), **contexts: str
) -> BaseImages:
    named = {name.replace("__", ":"): source for name, source in contexts.items()}
    return base_images(text, BuildSettings(stage, {"GIVEN": "g"}, [ARM, AMD], named, changing))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("FROM nginx:1", {"nginx:1"}),
        ("FROM scratch", set()),
        (f"FROM nginx@{D}", set()),
        (f"FROM nginx:1@{D}", set()),
        ("FROM a:1 AS x\nFROM x", {"a:1"}),
        ("FROM a:1 as X\nFROM x\nRUN b", {"a:1"}),
        ("FROM a:1 AS unused\nFROM b:1", {"b:1"}),
        ("FROM a:1 AS x\nFROM b:1\nCOPY --from=x / /", {"a:1", "b:1"}),
        ("FROM a:1\nFROM b:1\nCOPY --from=0 / /", {"a:1", "b:1"}),
        ("FROM b:1\nCOPY --chmod=755 --from=c:2 / /", {"b:1", "c:2"}),
        ("FROM b:1\nRUN --mount=type=cache,target=/x --mount=from=c:2,target=/y ls", {"b:1", "c:2"}),
        ("FROM b:1\nRUN --mount=type=bind,from=x ls\nFROM c:1", {"c:1"}),
        ("ARG V=1\nFROM a:$V", {"a:1"}),
        ("ARG GIVEN=1\nFROM a:$GIVEN", {"a:g"}),
        ("FROM a:1\nARG V=1\nFROM b:1", {"b:1"}),
        ("FROM --platform=$BUILDPLATFORM a:1 AS x\nFROM b:1\nCOPY --from=x / /", {"a:1", "b:1"}),
        ("FROM a:$TARGETARCH", {"a:arm64", "a:amd64"}),
        ("FROM a:1 AS base-arm64\nFROM b:1 AS base-amd64\nFROM base-$TARGETARCH", {"a:1", "b:1"}),
        ("FROM a:1\nRUN <<E\nFROM b:1\nE", {"a:1"}),
        ("FROM a:1\nONBUILD COPY --from=b:1 / /", {"a:1"}),
        ("# syntax=docker/dockerfile:1\nFROM a:1", {"a:1"}),
        ("# syntax=docker/dockerfile:1.4.2-labs\nFROM a:1", {"a:1"}),
        ("# syntax=docker/dockerfile-upstream:master\nFROM a:1", {"a:1"}),
    ],
)
def test_the_images_of_the_stages_that_are_built(text: str, names: set[str]) -> None:
    told = found(text)
    assert (set(told.tagged), told.unknown) == (names, "")
    assert all(reference == f"{HUB}{name}" for name, reference in told.tagged.items())


@pytest.mark.parametrize(("stage", "names"), [(None, {"c:1"}), ("x", {"a:1"}), ("X", {"a:1"}), ("1", {"b:1"})])
def test_the_stage_that_is_asked_for(stage: str | None, names: set[str]) -> None:
    assert set(found("FROM a:1 AS x\nFROM b:1\nFROM c:1", stage=stage).tagged) == names


@pytest.mark.parametrize(
    ("source", "tagged"),
    [
        ("docker-image://m.example/a:2", {"a:1": "m.example/a:2"}),
        (f"docker-image://m.example/a@{D}", {}),
        ("target:other", {}),
        ("vendor/a", {}),
        ("https://x.example/a.git", {}),
        ("oci-layout:///x", {}),
    ],
)
def test_a_context_in_the_place_of_an_image(source: str, tagged: dict[str, str]) -> None:
    assert found("FROM a:1", a__1=source) == BaseImages(tagged)


def test_a_context_in_the_place_of_a_stage() -> None:
    """What the stage is built from does not matter any more."""
    assert found("FROM a:1 AS x\nFROM x", x="docker-image://b:1") == BaseImages({"x": f"{HUB}b:1"})


def test_the_context_of_another_spelling_is_none() -> None:
    """BuildKit asks for the short name alone."""
    assert found("FROM docker.io/library/a:1", a__1="vendor/a").tagged == {}
    contexts = {"docker.io/library/a:1": "vendor/a"}
    told = base_images("FROM docker.io/library/a:1", BuildSettings(None, {}, [ARM], contexts))
    assert told.tagged == {"a:1": f"{HUB}a:1"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the Dockerfile has no FROM"),
        ("FROM a:${V%x}", "in a way that is not read"),
        ("FROM a b c", "FROM a b c cannot be read"),
        ("FROM a:$BUILDARCH", "the value of BUILDARCH is not known before the build"),
        ("ARG RUN_TAG\nFROM a:$RUN_TAG", "the value of RUN_TAG is not known before the build"),
        ("FROM $NOTHING", "not an image reference: ''"),
        ("FROM a:1\nCOPY --from=$X / /", "from=$X is an argument"),
        ("FROM a:1\nRUN --mount=from=$X ls", "from=$X is an argument"),
        ("FROM node AS node", "node is the name of a stage too"),
        ("# syntax=docker/dockerfile:1.3\nFROM a:1", "a frontend of its own"),
        ("# syntax=docker/dockerfile:experimental\nFROM a:1", "a frontend of its own"),
        ("# syntax=r.example/mine\nFROM a:1", "a frontend of its own"),
        ("# syntax=$X\nFROM a:1", "the syntax directive is"),
        ("FROM a:1\nRUN <<E", "has no end"),
    ],
)
def test_what_cannot_be_told_is_unknown(text: str, words: str) -> None:
    told = found(text, changing=frozenset({"RUN_TAG"}))
    assert words in told.unknown
    assert told.tagged == {}


def test_a_hostile_number_of_stages_is_answered() -> None:
    chain = "FROM a:1 AS s0\n" + "".join(f"FROM s{number} AS s{number + 1}\n" for number in range(40_000))
    assert "more than 500 stages" in found(chain).unknown
    copies = "FROM a:1 AS x\nFROM x\n" + "COPY --from=x / /\n" * 50_000
    assert set(found(copies).tagged) == {"a:1"}


def test_other_settings_that_leave_it_unknown() -> None:
    assert "no stage nope" in found("FROM a:1", stage="nope").unknown
    syntax = BuildSettings(None, {"BUILDKIT_SYNTAX": "r.example/mine"}, [ARM])
    assert "a frontend of its own" in base_images("FROM a:1", syntax).unknown
    contexts = {"a:1::linux/arm64": "vendor/a"}
    assert "a context for each platform" in base_images("FROM a:1", BuildSettings(None, {}, [ARM], contexts)).unknown


WORDS = st.sampled_from(
    ["FROM a:1", "FROM b AS x", "FROM x", "COPY --from=x / /", "COPY --from=0 / /", "ARG V=1", "FROM c:$V", "RUN x"]
)


@given(st.lists(WORDS, max_size=8))
def test_any_order_of_lines_ends_in_images_or_in_a_reason(lines: list[str]) -> None:
    told = found("\n".join(lines))
    assert not (told.tagged and told.unknown)
    assert told.unknown or all(":" in reference for reference in told.tagged.values())
