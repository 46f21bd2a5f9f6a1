"""The images that YAML files run, and the values that Flux can write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.init.found import NamedIn
from buildtool.core.init.image_uses import uses
from buildtool.core.yaml.parser import parse

if TYPE_CHECKING:
    from buildtool.core.init.found import ImageUse

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n"


def read(path: str, text: str) -> list[ImageUse]:
    return uses(path, parse(text))


def test_containers_of_a_workload_with_its_architecture() -> None:
    text = POD + (
        "  nodeSelector:\n    kubernetes.io/arch: arm64\n  initContainers:\n    - image: r/a:1\n"
        "  containers:\n    - image: r/b@sha256:00\n    - name: x\n  image: not-a-container:1\n"
    )
    found = read("pod.yaml", text)
    assert [(use.image, use.tag, use.architectures) for use in found] == [
        ("r/a", "1", ("arm64",)),
        ("r/b", "", ("arm64",)),
    ]
    assert {use.origin for use in found} == {NamedIn.MANIFEST}


def test_an_affinity_names_architectures_too() -> None:
    text = POD + (
        "  affinity:\n    nodeAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n"
        "        nodeSelectorTerms:\n"
        "          - matchExpressions:\n"
        "              - {key: kubernetes.io/arch, operator: In, values: [amd64, arm64]}\n"
        "  containers:\n    - image: r/a:1\n"
    )
    assert read("pod.yaml", text)[0].architectures == ("amd64", "arm64")


@pytest.mark.parametrize(
    ("text", "image", "parts"),
    [
        ("image: r/a:1\n", "r/a", [""]),
        ("web:\n  image:\n    repository: r/a\n    tag: '1'\n", "r/a", ["name", "tag"]),
        ("image:\n  registry: r\n  repository: a\n  tag: '1'\n", "r/a", ["tag"]),
    ],
)
def test_helm_values(text: str, image: str, parts: list[str]) -> None:
    [found] = read("chart/values.yaml", text)
    assert (found.image, found.tag, found.origin) == (image, "1", NamedIn.HELM)
    assert [slot.part for slot in found.slots] == parts


def test_values_of_a_helm_release() -> None:
    text = (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: a\nspec:\n  values:\n"
        "    image:\n      repository: r/a\n      tag: '1'\n"
    )
    assert [use.image for use in read("release.yaml", text)] == ["r/a"]


def test_images_of_a_kustomization() -> None:
    text = "images:\n  - name: web\n    newName: r/web\n    newTag: '1'\n  - name: other\n"
    [found] = read("k8s/kustomization.yaml", text)
    assert (found.image, found.tag, found.origin, found.slots[0].part) == ("r/web", "1", NamedIn.KUSTOMIZE, "tag")


def test_services_of_compose() -> None:
    [found] = read("compose.yaml", "services:\n  a:\n    image: r:5000/a:1\n  b:\n    build: .\n")
    assert (found.image, found.tag, found.line) == ("r:5000/a", "1", 3)


def test_values_beside_which_no_comment_can_stand() -> None:
    text = POD + "  containers:\n    - {image: 'r/a:1'}\n    - image: &x r/a:1\n    - image: *x\n"
    flow, plain, alias = read("pod.yaml", text)
    assert "inside { } or [ ]" in flow.slots[0].why_not
    assert plain.slots[0].why_not == ""
    assert "alias" in alias.slots[0].why_not


@pytest.mark.parametrize("text", ["image: [1]\n", "image: {tag: x}\n", "image:\n", "[]\n", "a\n", ""])
def test_what_is_no_image(text: str) -> None:
    assert read("values.yaml", text) == []


@pytest.mark.parametrize(
    ("path", "text", "parts", "why"),
    [
        ("compose.yaml", "services:\n  a:\n    image: r/a:${TAG:-x}\n", [""], "holds a variable"),
        ("compose.yaml", "services:\n  a: {build: .,\n    image: r/a:1\n  }\n", [""], "inside { }"),
        ("values.yaml", "image:\n  repository: r/a\n", ["tag"], "write tag: TAG there"),
        ("kustomization.yaml", "images:\n  - name: x\n    newName: r/a\n", ["tag"], "write newTag: TAG there"),
        ("kustomization.yaml", "images:\n  - name: x\n    newName: r/a\n    digest: d\n", ["tag"], "by its digest"),
        ("values.yaml", "image: r/a\ntag: '1'\n", ["name", "tag"], ""),
    ],
)
def test_values_that_flux_cannot_write_yet(path: str, text: str, parts: list[str], why: str) -> None:
    [found] = read(path, text)
    assert (found.image, [slot.part for slot in found.slots]) == ("r/a", parts)
    assert why in found.slots[0].why_not
    assert bool(found.slots[0].why_not) is bool(why)
