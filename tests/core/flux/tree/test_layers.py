"""What one kustomization does to names, namespaces and images."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.tree.layers import (
    NO_LAYER,
    Layer,
    effective_name,
    effective_namespace,
    is_builtin,
    is_cluster_scoped,
    overrides,
    split_image,
)

BLUE, GREEN = Layer("blue", "b-", "-x"), Layer("", "g-", "")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("nginx", ("nginx", "", "")),
        ("nginx:1.27", ("nginx", "1.27", "")),
        ("nginx@sha256:1", ("nginx", "", "sha256:1")),
        ("nginx:1@sha256:1", ("nginx", "1", "sha256:1")),
        ("host:5000/web", ("host:5000/web", "", "")),
        ("host:5000/web:1", ("host:5000/web", "1", "")),
        ("host:5000/a/b:1@sha256:1", ("host:5000/a/b", "1", "sha256:1")),
        ("[::1]:5000/web:1", ("[::1]:5000/web", "1", "")),
        ("", ("", "", "")),
    ],
)
def test_the_parts_of_an_image(text: str, parts: tuple[str, str, str]) -> None:
    assert split_image(text) == parts


@given(
    st.sampled_from(["web", "a/b", "host:5000/web", "h.example/a/b"]),
    st.sampled_from(["", "1", "main-abc1234-1700000000"]),
    st.sampled_from(["", "sha256:" + "0" * 64]),
)
def test_an_image_is_put_together_again(name: str, tag: str, digest: str) -> None:
    text = f"{name}{':' if tag else ''}{tag}{'@' if digest else ''}{digest}"
    assert split_image(text) == (name, tag, digest)
    assert overrides(text, name)
    assert not overrides(text, f"{name}x")
    assert not overrides(f"x{text}", name)


@pytest.mark.parametrize("name", ["", "web.*", "we?", "(web)", "web|api", "web[1]", "web*"])
def test_a_name_that_is_an_expression_is_not_looked_at(name: str) -> None:
    assert not overrides("web:1", name)


@pytest.mark.parametrize(
    ("group", "kind", "own", "layers", "namespace"),
    [
        ("", "Secret", "", (), ""),
        ("", "Secret", "mine", (), "mine"),
        ("", "Secret", "mine", (BLUE,), "blue"),
        ("", "Secret", "mine", (GREEN,), "mine"),
        ("apps", "Deployment", "", (BLUE, Layer("outer")), "outer"),
        ("apps", "Deployment", "", (BLUE, GREEN), "blue"),
        ("", "Namespace", "", (BLUE,), ""),
        ("rbac.authorization.k8s.io", "ClusterRole", "x", (BLUE,), ""),
        ("example.test", "ClusterRole", "x", (BLUE,), "blue"),
        ("example.test", "Anything", "", (BLUE,), "blue"),
    ],
)
def test_the_outermost_namespace_wins(
    group: str, kind: str, own: str, layers: tuple[Layer, ...], namespace: str
) -> None:
    assert effective_namespace(group, kind, own, layers) == namespace


@pytest.mark.parametrize(
    ("group", "kind", "layers", "name"),
    [
        ("", "Secret", (), "n"),
        ("", "Secret", (BLUE,), "b-n-x"),
        ("", "Secret", (BLUE, GREEN), "g-b-n-x"),
        ("", "Secret", (GREEN, BLUE), "b-g-n-x"),
        ("", "Namespace", (BLUE,), "blue"),
        ("", "Namespace", (GREEN,), "n"),
        ("apiextensions.k8s.io", "CustomResourceDefinition", (BLUE,), "n"),
        ("apiregistration.k8s.io", "APIService", (BLUE,), "n"),
        ("example.test", "Namespace", (BLUE,), "n"),
    ],
)
def test_names_from_the_inside_to_the_outside(group: str, kind: str, layers: tuple[Layer, ...], name: str) -> None:
    assert effective_name(group, kind, "n", layers) == name


@pytest.mark.parametrize(
    ("group", "builtin"), [("", True), ("apps", True), ("batch", True), ("x.k8s.io", True), ("example.test", False)]
)
def test_kubernetes_own_groups(group: str, *, builtin: bool) -> None:
    assert is_builtin(group) is builtin
    assert is_cluster_scoped(group, "Namespace") is builtin
    assert not is_cluster_scoped(group, "Deployment")


LAYERS = st.lists(st.builds(Layer, *[st.sampled_from(["", "a", "b-"])] * 3), max_size=4)


@given(LAYERS, LAYERS)
def test_layers_one_after_the_other_are_all_of_them(inner: list[Layer], outer: list[Layer]) -> None:
    for group, kind in (("", "Secret"), ("", "Namespace"), ("rbac.authorization.k8s.io", "ClusterRole")):
        once = effective_name(group, kind, "n", [*inner, *outer])
        assert once == effective_name(group, kind, effective_name(group, kind, "n", inner), outer)
        there = effective_namespace(group, kind, "ns", [*inner, *outer])
        assert there == effective_namespace(group, kind, effective_namespace(group, kind, "ns", inner), outer)


@given(LAYERS)
def test_layers_that_do_nothing_change_nothing(layers: list[Layer]) -> None:
    doing = [layer for layer in layers if not layer.empty]
    assert effective_name("", "Secret", "n", layers) == effective_name("", "Secret", "n", doing)
    assert NO_LAYER.empty
