"""Every kustomization builds, holds every file beside it, and is reached from the cluster's entry."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.support import kube

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = kube.kustomizations()
CLUSTER = kube.ROOT / "clusters" / "pi-cluster"


def name_of(path: Path) -> str:
    return str(path.relative_to(kube.ROOT))


def listed(folder: Path) -> list[str]:
    resources: list[str] = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    return resources


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_it_builds(folder: Path) -> None:
    objects = kube.build(folder)
    keys = [(o["kind"], o["metadata"].get("namespace"), o["metadata"]["name"]) for o in objects]
    assert len(set(keys)) == len(keys)
    assert bool(objects) == (folder.name != "flux-system")  # empty until bootstrap


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_every_file_beside_it_is_listed(folder: Path) -> None:
    beside = {p.name for p in folder.glob("*.yaml")} - {"kustomization.yaml"}
    assert beside == {name for name in listed(folder) if name.endswith(".yaml")}


def test_every_folder_is_applied_exactly_once() -> None:
    """Flux's entry is clusters/pi-cluster; from there on by `path` of a Flux Kustomization or by `resources`."""
    paths = [kube.ROOT / entry["spec"]["path"] for entry in kube.of_kind("Kustomization")]
    below = [folder / name for folder in FOLDERS for name in listed(folder) if (folder / name).is_dir()]
    assert sorted([CLUSTER, *(path.resolve() for path in paths), *below]) == sorted(FOLDERS)


# What `flux bootstrap` writes, as far as the patches touch it (two of six controllers, and the sync objects).
GATE = "--feature-gates=CancelHealthCheckOnNewRevision=true"  # a newer commit ends a health check that hangs
CONTROLLER = """---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: flux-system
  labels:
    app.kubernetes.io/part-of: flux
spec:
  template:
    spec:
      containers:
        - name: manager
          args:
            - --log-level=info
          env:
            - name: GOMEMLIMIT
              valueFrom:
                resourceFieldRef:
                  resource: limits.memory
          resources:
            limits:
              cpu: 1000m
              memory: 1Gi
            requests:
              cpu: 100m
              memory: 64Mi
"""
SYNC = """---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1m0s
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 10m0s
"""


@pytest.fixture
def bootstrapped(tmp_path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    folder = tmp_path / "flux-system"
    shutil.copytree(CLUSTER / "flux-system", folder)
    names = ("source", "kustomize", "helm", "notification", "image-reflector", "image-automation")
    controllers = "".join(CONTROLLER.format(name=f"{name}-controller") for name in names)
    (folder / "gotk-components.yaml").write_text(controllers, encoding="utf-8")
    (folder / "gotk-sync.yaml").write_text(SYNC, encoding="utf-8")
    return {(o["kind"], o["metadata"]["name"]): o for o in kube.build(folder)}


@pytest.mark.parametrize(
    ("name", "memory", "arguments"),
    [
        ("source-controller", "256Mi", ["--concurrent=2"]),
        ("kustomize-controller", "512Mi", ["--concurrent=2", "--requeue-dependency=10s", GATE]),
        ("helm-controller", "512Mi", ["--concurrent=2", "--requeue-dependency=10s"]),
        ("notification-controller", "256Mi", []),
        ("image-reflector-controller", "256Mi", []),
        ("image-automation-controller", "256Mi", []),
    ],
)
def test_after_bootstrap_controllers_fit_a_small_board(
    bootstrapped: dict[tuple[str, str], dict[str, Any]], name: str, memory: str, arguments: list[str]
) -> None:
    container = bootstrapped["Deployment", name]["spec"]["template"]["spec"]["containers"][0]
    assert container["resources"]["limits"]["memory"] == memory
    assert container["args"] == ["--log-level=info", *arguments]
    assert container["env"][0]["name"] == "GOMEMLIMIT"


def test_after_bootstrap_the_intervals_are_ours(bootstrapped: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert bootstrapped["GitRepository", "flux-system"]["spec"]["interval"] == "2m"
    assert bootstrapped["Kustomization", "flux-system"]["spec"]["interval"] == "30m"
