"""Objects found in YAML: those of a List too, their places, and paths that stay inside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.objects import clamp, is_kustomization, objects_in
from buildtool.core.flux.substitution import Variables
from buildtool.core.yaml.parser import parse


def found(text: str) -> list[str]:
    return [f"{one} {one.place.line}" for one in objects_in("a.yaml", parse(text))]


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("", []),
        ("a: b", []),
        ("- a", []),
        ("kind: K", []),
        ("apiVersion: v1", []),
        ("kind: ''\napiVersion: v1", []),
        ("kind: {}\napiVersion: v1", []),
        ("kind: K\napiVersion: v1", ["K  1"]),
        ("kind: K\napiVersion: v1\nmetadata: {name: n}", ["K n 3"]),
        ("kind: K\napiVersion: v1\nmetadata:\n  name: n\n  namespace: ns", ["K ns/n 4"]),
        ("---\n---\nkind: K\napiVersion: v1\n---\nx: y\n", ["K  3"]),
        ("kind: K\napiVersion: v1\n---\nkind: L\napiVersion: v1", ["K  1", "L  4"]),
        (
            "kind: List\napiVersion: v1\nitems:\n- {kind: A, apiVersion: v1}\n- {kind: B, apiVersion: v1}",
            ["A  4", "B  5"],
        ),
        ("kind: PodList\napiVersion: v1\nitems: [{kind: A, apiVersion: v1, metadata: {name: n}}]", ["A n 3"]),
        ("kind: List\napiVersion: v1\nitems: [x, [], {}]", []),
        ("kind: List\napiVersion: v1\nitems: []", []),
        ("kind: AllowList\napiVersion: v1\nspec: {}", ["AllowList  1"]),
        (
            "kind: List\napiVersion: v1\nitems:\n- kind: List\n  apiVersion: v1\n  items: [{kind: A, apiVersion: v1}]",
            ["A  6"],
        ),
        ("kind: K\napiVersion: v1\nmetadata: text", ["K  1"]),
        ("x: &o {kind: K, apiVersion: v1}\n---\n&a {kind: L, apiVersion: v1}", ["L  3"]),
    ],
)
def test_what_is_an_object(text: str, objects: list[str]) -> None:
    assert found(text) == objects


@pytest.mark.parametrize(
    ("version", "group"), [("v1", ""), ("apps/v1", "apps"), ("image.toolkit.fluxcd.io/v1", "image.toolkit.fluxcd.io")]
)
def test_the_group(version: str, group: str) -> None:
    [one] = objects_in("a.yaml", parse(f"kind: K\napiVersion: {version}\nmetadata: {{name: n, namespace: ns}}"))
    assert (one.group, one.key, str(one)) == (group, "ns:n", "K ns/n")
    assert one.resolve("${A}") == "${A}"
    assert one._replace(variables=Variables({"A": "1"})).resolve("${A}") == "1"


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("kustomization.yaml", True),
        ("a/b/kustomization.yml", True),
        ("a/Kustomization", True),
        ("a/kustomization", False),
        ("a/Kustomization.yaml", False),
        ("a/kustomization.yaml/x", False),
        ("a-kustomization.yaml", False),
    ],
)
def test_kustomization_files(path: str, *, is_one: bool) -> None:
    assert is_kustomization(path) is is_one


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("", ""),
        (".", ""),
        ("/", ""),
        ("./x/", "x"),
        ("x//y", "x/y"),
        ("../x", "x"),
        ("a/../../x", "x"),
        ("a/b/../c/.", "a/c"),
        ("..", ""),
        ("a/...", "a/..."),
    ],
)
def test_paths(path: str, inside: str) -> None:
    assert clamp(path) == inside


@given(
    st.lists(st.sampled_from(["a", "b", "..", ".", ""]), max_size=8), st.lists(st.sampled_from(["c", ".."]), max_size=3)
)
def test_a_path_never_leaves_and_is_its_own(parts: list[str], more: list[str]) -> None:
    path = "/".join(parts)
    inside = clamp(path)
    assert clamp(inside) == inside
    assert ".." not in inside.split("/")
    assert not inside.startswith("/")
    assert clamp(f"{inside}/{'/'.join(more)}") == clamp("/".join([*parts, *more]))
