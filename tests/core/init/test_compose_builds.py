"""The `build:` sections of compose files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.init.compose_builds import builds, resolved
from buildtool.core.yaml.parser import parse

if TYPE_CHECKING:
    from buildtool.core.init.compose_builds import ComposeBuild


def read(text: str, path: str = "deploy/compose.yaml") -> list[ComposeBuild]:
    root = parse(text).documents[0].root
    assert root is not None
    return list(builds(path, root))


def service(build: str, more: str = "") -> str:
    return f"services:\n  web:\n    build: {build}\n{more}"


def test_everything_that_a_section_says() -> None:
    [found] = read(
        "services:\n  web:\n    image: r.example/team/site:dev\n    platform: linux/arm64\n    build:\n"
        "      context: ../app\n      dockerfile: docker/Dockerfile\n      target: release\n"
        "      args: {A: '1', B: null, C: '${C:-three}'}\n"
        "      additional_contexts: [texts=../texts, base=service:base, root=.., i=docker-image://alpine]\n"
    )
    recipe = found.recipe
    assert recipe is not None
    assert (recipe.context, recipe.dockerfile, recipe.target) == ("app", "app/docker/Dockerfile", "release")
    assert recipe.args == {"A": "1", "C": "three"}
    assert recipe.contexts == {"texts": "texts", "base": "service:base", "root": ".", "i": "docker-image://alpine"}
    assert (recipe.image, recipe.hint, recipe.platforms) == ("r.example/team/site:dev", "site", ("linux/arm64",))
    assert found.notes == ("the argument B has no value in the file, and is left out",)


def test_a_section_that_is_one_text() -> None:
    [found] = read(service("./web"))
    assert found.recipe is not None
    assert (found.recipe.context, found.recipe.dockerfile, found.recipe.hint) == (
        "deploy/web",
        "deploy/web/Dockerfile",
        "web",
    )


@pytest.mark.parametrize(
    ("build", "why"),
    [
        ("https://github.com/a/b.git", "somewhere else"),
        ("../../outside", "outside of the repository"),
        ("../..", "outside of the repository"),
        ("/srv/app", "context is a path of one computer: /srv/app"),
        ("~/app", "context is a path of one computer"),
        ("{context: ., dockerfile: /srv/Dockerfile}", "dockerfile is a path of one computer"),
        ("{context: ., dockerfile: ../../Dockerfile}", "dockerfile is outside of the repository"),
        ("{context: ., additional_contexts: {a: /srv}}", "additional_contexts is a path of one computer"),
        ("{context: ., additional_contexts: {a: ../../x}}", "additional_contexts is outside of the repository"),
        ("git@github.com:a/b", "somewhere else"),
        ("github.com/a/b", "somewhere else"),
        ("$PLACE", "only the environment knows"),
        ("{context: ., dockerfile_inline: FROM scratch}", "inside the compose file"),
        ("{context: ., target: '${T}'}", "only the environment knows"),
    ],
)
def test_what_cannot_be_taken_over(build: str, why: str) -> None:
    [found] = read(service(build))
    assert found.recipe is None
    assert why in found.why_not


def test_services_that_are_not_built_are_passed_over() -> None:
    assert read("services:\n  db:\n    image: postgres:17\n") == []
    assert read("services: []\n") == []
    assert read("- a\n") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("a", "a"), ("${A:-x}y", "xy"), ("${A-}", ""), ("$$A", "$A"), ("${A}", None), ("$A", None), ("${A:?no}", None)],
)
def test_variables(text: str, value: str | None) -> None:
    assert resolved(text) == value


@pytest.mark.parametrize(
    ("build", "context", "dockerfile"),
    [
        (".", "deploy", "deploy/Dockerfile"),
        ("..", "", "Dockerfile"),
        ("../", "", "Dockerfile"),
        ("./a/../b", "deploy/b", "deploy/b/Dockerfile"),
        ("{dockerfile: Dockerfile.web}", "deploy", "deploy/Dockerfile.web"),
        ("{context: .., dockerfile: ./docker/web}", "", "docker/web"),
        ("{context: a, dockerfile: ../Dockerfile}", "deploy/a", "deploy/Dockerfile"),
        ("{context: '${DIR:-web}'}", "deploy/web", "deploy/web/Dockerfile"),
    ],
)
def test_paths_count_from_the_folder_of_the_file(build: str, context: str, dockerfile: str) -> None:
    [found] = read(service(build))
    assert found.recipe is not None
    assert (found.recipe.context, found.recipe.dockerfile) == (context, dockerfile)


@pytest.mark.parametrize(
    ("args", "kept", "notes"),
    [
        ("{A: 1}", {"A": "1"}, 0),
        ("[A=1, B=]", {"A": "1", "B": ""}, 0),
        ("[A]", {}, 1),
        ("{A: null, B: x}", {"B": "x"}, 1),
        ("{A-B: x}", {}, 1),
        ("{A: '${X}'}", {}, 1),
        ('{A: "\\a"}', {}, 1),
        ("{A: a=b}", {"A": "a=b"}, 0),
        ("[A=b=c]", {"A": "b=c"}, 0),
        ("{A: $$HOME}", {"A": "$HOME"}, 0),
    ],
)
def test_arguments(args: str, kept: dict[str, str], notes: int) -> None:
    [found] = read(service(f"{{context: ., args: {args}}}"))
    assert found.recipe is not None
    assert (found.recipe.args, len(found.notes)) == (kept, notes)


PATH = st.lists(st.sampled_from(["..", ".", "a", "b", ""]), min_size=1, max_size=5).map("/".join)


@given(PATH, PATH)
def test_no_path_leaves_the_repository(context: str, dockerfile: str) -> None:
    for found in read(service(f"{{context: '{context}', dockerfile: '{dockerfile}'}}")):
        if found.recipe is None:
            assert "outside" in found.why_not or "of one computer" in found.why_not
        else:
            for path in (found.recipe.context, found.recipe.dockerfile):
                assert not path.startswith(("/", "../"))
                assert ".." not in path.split("/")


@given(st.text(alphabet="${}A:-x ", max_size=12))
def test_a_text_without_variables_stays(text: str) -> None:
    if "$" not in text:
        assert resolved(text) == text
    doubled = text.replace("$", "$$")
    assert resolved(doubled) == text
