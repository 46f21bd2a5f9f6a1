"""An image of ours that runs by another name: the line to type in its place."""

from __future__ import annotations

import pytest

from buildtool.core.init.another_image import by_hand
from buildtool.core.init.found import Image, Recipe
from buildtool.core.init.image_uses import uses
from buildtool.core.yaml.parser import parse

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - image: "
FULL = "r.example:5000/p/web"
ALL, NAME, TAG = (f'# {{"$imagepolicy": "ns:web{part}"}}' for part in ("", ":name", ":tag"))


def told(path: str, text: str, said: str = "", policy: str = "ns:web") -> list[tuple[str, str]]:
    image = Image("web", Recipe("Dockerfile", "", "web", "Dockerfile", image=said), "p/web", ("linux/amd64",), policy)
    listed = [one for use in uses(path, parse(text)) for one in by_hand(use, [image], "r.example:5000")]
    return [(one.place, one.text) for one in listed]


@pytest.mark.parametrize(
    ("path", "text", "place", "typed"),
    [
        ("a.yaml", f"{POD}web\n", 7, [f"image: {FULL}:latest {ALL}"]),
        ("a.yaml", f"{POD}team/web:1.0\n", 7, [f"image: {FULL}:1.0 {ALL}"]),
        ("a.yaml", f"{POD}q.io/team/web:1.0\n", 7, [f"image: {FULL}:1.0 {ALL}"]),
        ("compose.yaml", "services:\n  a:\n    image: web:${TAG}\n", 3, [f"image: {FULL}:latest {ALL}"]),
        (
            "values.yaml",
            "image:\n  repository: web\n  tag: '1'\n",
            2,
            [f"repository: {FULL} {NAME}", f'tag: "1" {TAG}'],
        ),
        (
            "values.yaml",
            "image:\n  registry: q.io\n  repository: x/web\n  tag: '1'\n",
            4,
            ["registry: r.example:5000", "repository: p/web", f'tag: "1" {TAG}'],
        ),
        (
            "kustomization.yaml",
            "images:\n  - name: web\n    newTag: '1'\n",
            3,
            [f"newName: {FULL}", f'newTag: "1" {TAG}'],
        ),
    ],
)
def test_the_lines_of_each_form(path: str, text: str, place: int, typed: list[str]) -> None:
    assert told(path, text) == [(f"{path}:{place}", "\n".join(typed))]


@pytest.mark.parametrize("image", ["redis:7", "website:1", f"{FULL}:1", "web/other:1"])
def test_what_is_no_other_name_of_it(image: str) -> None:
    assert told("a.yaml", f"{POD}{image}\n") == []


def test_the_name_that_the_compose_file_gives() -> None:
    assert told("compose.yaml", "services:\n  a:\n    image: acme/site:1\n", said="acme/site:1") == [
        ("compose.yaml:3", f"image: {FULL}:1 {ALL}")
    ]


def test_without_a_policy_there_is_no_comment() -> None:
    assert told("a.yaml", f"{POD}web:1\n", policy="") == [("a.yaml:7", f"image: {FULL}:1")]
