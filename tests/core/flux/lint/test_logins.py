from __future__ import annotations

import pytest

from buildtool.core.flux.lint.logins import logins, project_of
from buildtool.core.flux.manifests import from_objects
from buildtool.core.flux.tree.model import FluxTree
from buildtool.core.yaml.parser import parse

POD = """
    spec:
      {secrets}
      initContainers: [{{image: "h:1/tools/init:1"}}]
      containers: [{{image: "h:1/site/web:1"}}, {{name: without-image}}]
"""
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  template:" + POD
REPOSITORY = """apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {{name: web, namespace: f}}
spec: {{image: "{image}"{login}}}
"""


@pytest.mark.parametrize(
    ("image", "project"),
    [("h:1/site/web", "h:1/site"), ("h:1/site/team/web:tag", "h:1/site"), ("h:1/web", None), ("web", None), ("", None)],
)
def test_the_project_of_an_image(image: str, project: str | None) -> None:
    assert project_of(image) == project


def found(text: str) -> dict[str, str]:
    tree = FluxTree({"a.yaml": parse(text)})
    return dict(logins(tree.objects, from_objects(tree).repositories.values()))


def test_a_workload_with_pull_secrets() -> None:
    said = found(DEPLOYMENT.format(secrets="imagePullSecrets: [{name: login}]"))
    assert sorted(said) == ["h:1/site", "h:1/tools"]
    assert "web" in said["h:1/site"]
    assert found(DEPLOYMENT.format(secrets="imagePullSecrets: []")) == {}
    assert found(DEPLOYMENT.format(secrets="restartPolicy: Always")) == {}


@pytest.mark.parametrize(
    ("login", "known"),
    [
        (", secretRef: {name: login}", True),
        (", serviceAccountName: puller", True),
        (", provider: aws", True),
        (", provider: generic", False),
        ("", False),
    ],
)
def test_an_image_repository(login: str, *, known: bool) -> None:
    assert ("h:1/site" in found(REPOSITORY.format(image="h:1/site/web", login=login))) is known
    assert found(REPOSITORY.format(image="h:1/web", login=login)) == {}
