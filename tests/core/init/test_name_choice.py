"""Names of images: what one may hold, and how several are told apart."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.config.value_problems import image_name_problem, path_problem
from buildtool.core.flux.image_names import image_problem
from buildtool.core.init.found import Recipe
from buildtool.core.init.name_choice import as_name, unique


def recipe(folder: str, hint: str, target: str = "") -> Recipe:
    dockerfile = f"{folder}/Dockerfile" if folder else "Dockerfile"
    return Recipe(dockerfile, folder, hint, dockerfile, target)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("web", "web"),
        ("Web", "web"),
        ("my_app", "my-app"),
        ("my.app v2", "my-app-v2"),
        ("--x--y--", "x-y"),
        ("x", "x-image"),
        ("1", "1-image"),
        ("", ""),
        ("日本", ""),
        ("a日本b", "a-b"),
        ("a" * 49 + "-b", "a" * 49),
        ("é" * 60 + "web", "web"),
    ],
)
def test_one_name(text: str, name: str) -> None:
    assert as_name(text) == name


@given(st.text(max_size=80))
def test_a_name_is_one_everywhere_it_stands(text: str) -> None:
    """In buildtool.toml, as the path of a repository, as the name of a Flux object."""
    name = as_name(text)
    if name:
        assert image_name_problem(name) is None
        assert path_problem(name) is None
        assert image_problem(f"r.example/{name}") == ""
        assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", name)
        assert as_name(name) == name


@pytest.mark.parametrize(
    ("recipes", "taken", "names"),
    [
        ([recipe("web", "web"), recipe("api", "api")], [], ["web", "api"]),
        ([recipe("a/web", "web"), recipe("b/web", "web")], [], ["web", "b-web"]),
        ([recipe("a/web", "web"), recipe("c/a/web", "web"), recipe("d/a/web", "web")], [], ["web", "a-web", "d-a-web"]),
        ([recipe("web", "web"), recipe("web", "web", "release")], [], ["web", "web-release"]),
        ([recipe("web", "web"), recipe("web", "web")], [], ["web", "web-2"]),
        ([recipe("web", "web")] * 3, [], ["web", "web-2", "web-3"]),
        ([recipe("web", "web")], ["web", "web-2"], ["web-3"]),
        ([recipe("", "")], [], ["shop"]),
        ([recipe("", ""), recipe("", "")], ["shop"], ["shop-2", "shop-3"]),
        ([recipe("", "日本")], [], ["image"]),
    ],
)
def test_several_are_told_apart(recipes: list[Recipe], taken: list[str], names: list[str]) -> None:
    assert unique(recipes, "Shop", taken) == names


FOLDERS = st.sampled_from(["", "web", "a/web", "b/web", "services/a/web", "日本"])


@given(
    st.lists(st.builds(recipe, FOLDERS, st.sampled_from(["", "web", "Web", "x", "日"]), st.sampled_from(["", "dev"]))),
    st.sets(st.sampled_from(["web", "web-2", "image", "shop"])),
    st.sampled_from(["", "shop", "日本"]),
)
def test_no_name_is_given_twice_or_empty(recipes: list[Recipe], taken: set[str], repository: str) -> None:
    names = unique(recipes, repository, taken)
    assert len(names) == len(recipes)
    assert len({*names, *taken}) == len(names) + len(taken)
    assert all(image_name_problem(name) is None for name in names)
    assert names == unique(recipes, repository, taken)


@given(st.lists(st.builds(recipe, FOLDERS, st.sampled_from(["web", "api"])), min_size=1))
def test_a_recipe_more_changes_no_name_before_it(recipes: list[Recipe]) -> None:
    assert unique(recipes, "shop")[:-1] == unique(recipes[:-1], "shop")
