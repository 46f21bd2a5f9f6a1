"""Which image of the manifests is built by which Dockerfile, and where the images go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.init.found import ImageUse, NamedIn, Recipe, Slot
from buildtool.core.init.matching import images_of, registry_of
from buildtool.core.init.name_choice import as_name, unique


def recipe(folder: str, hint: str | None = None, target: str = "") -> Recipe:
    path = f"{folder}/Dockerfile".lstrip("/")
    return Recipe(path, folder, folder.rpartition("/")[2] if hint is None else hint, path, target)


def use(image: str, *architectures: str) -> ImageUse:
    return ImageUse("k8s/a.yaml", image, "1", (Slot(1, 1, 1, ""),), NamedIn.MANIFEST, architectures)


def paths(recipes: list[Recipe], images: list[str], registry: str = "r.example") -> dict[str, str]:
    return {one.name: one.path for one in images_of(recipes, [use(image) for image in images], registry, "shop")}


def test_two_of_one_name_are_told_apart() -> None:
    assert paths([recipe("frontend"), recipe("services/frontend")], []) == {
        "frontend": "frontend",
        "services-frontend": "services-frontend",
    }


@pytest.mark.parametrize(
    ("images", "path"),
    [
        (["r.example/web"], "web"),
        (["r.example/team/web"], "team/web"),
        (["r.example/shop-web"], "shop-web"),
        (["other.example/team/web"], "web"),
        (["r.example/a", "r.example/b"], "web"),
    ],
)
def test_the_path_that_files_use_is_kept(images: list[str], path: str) -> None:
    assert paths([recipe("web"), recipe("api")], images)["web"] == path


def test_the_only_image_is_that_of_the_only_dockerfile() -> None:
    assert paths([recipe("", "")], ["r.example/team/site"]) == {"site": "team/site"}


def test_a_project_stands_before_every_path() -> None:
    assert paths([recipe("web")], ["r.example/other/web"], "r.example/team") == {"web": "team/web"}


def test_the_registry_is_where_most_images_of_these_names_are() -> None:
    uses = [use("r.example/team/web"), use("r.example/team/api"), use("x.example/web"), use("nginx"), use("q.io/redis")]
    assert registry_of(uses, [recipe("web"), recipe("api")], "shop") == "r.example/team"
    assert registry_of([use("nginx"), use("redis")], [recipe("web"), recipe("api")], "shop") == ""


def test_platforms_are_those_of_the_nodes() -> None:
    [image] = images_of([recipe("web")], [use("r.example/web", "arm64", "no/such")], "r.example", "shop")
    assert image.platforms == ("linux/arm64",)
    [other] = images_of([recipe("web")], [], "r.example", "shop")
    assert other.platforms == ("linux/amd64",)


@pytest.mark.parametrize(
    ("text", "name"),
    [("Shop_Web.v2", "shop-web-v2"), ("x", "x-image"), ("ü", ""), ("-a--b-", "a-b"), ("a" * 99, "a" * 50)],
)
def test_names(text: str, name: str) -> None:
    assert as_name(text) == name


def test_names_are_unique_whatever_the_hints() -> None:
    recipes = [recipe("a/web"), recipe("b/web"), recipe("b/web", target="x"), recipe("", "ü"), recipe("", "ü")]
    names = unique(recipes, "", ["web"])
    assert len(set(names) | {"web"}) == len(recipes) + 1


@given(
    st.lists(st.sampled_from(["server", "a/server", "b/server", "web", "x/web"]), unique=True, min_size=1),
    st.lists(
        st.sampled_from(["r.example/p/a-server", "r.example/p/server", "r.example/web", "r.example/p/web", "x/y"])
    ),
    st.sampled_from(["r.example", "r.example/p"]),
)
def test_no_two_images_have_one_path(folders: list[str], images: list[str], registry: str) -> None:
    recipes = [recipe(folder) for folder in folders]
    found = images_of(recipes, [use(image) for image in images], registry, "shop")
    assert len({one.path for one in found}) == len({one.name for one in found}) == len(recipes)
    later = images_of(recipes, [use(image) for image in images], registry, "shop", found)
    assert {one.path for one in later}.isdisjoint(one.path for one in found)


def test_the_image_of_a_name_is_not_given_to_another_that_only_ends_so() -> None:
    found = paths([recipe("bank/server"), recipe("shop/server")], ["r.example/shop-server"])
    assert found == {"server": "server", "shop-server": "shop-server"}
