"""The committed tree as the cluster gets it: objects of a kustomization, read from real YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from buildtool.adapters import process
from tests.support.tools import tool

ROOT = Path(__file__).parents[2]
TREES = ("clusters", "infrastructure", "apps")

Object = dict[str, Any]


def yaml_files() -> list[Path]:
    """Every YAML file Flux may read: below the three trees, in order."""
    return sorted(path for tree in TREES for path in (ROOT / tree).rglob("*.yaml"))


def kustomizations() -> list[Path]:
    return [path.parent for path in yaml_files() if path.name == "kustomization.yaml"]


def build(folder: Path) -> list[Object]:
    """The objects that `kubectl kustomize` makes of a folder."""
    return load(process.run([tool("kubectl"), "kustomize", str(folder)]).stdout)


def load(text: str) -> list[Object]:
    return [document for document in yaml.safe_load_all(text) if document is not None]


def committed() -> list[tuple[Path, Object]]:
    """Every object as written in its file, kustomization files apart."""
    return [
        (path.relative_to(ROOT), document)
        for path in yaml_files()
        if path.name != "kustomization.yaml"
        for document in load(path.read_text(encoding="utf-8"))
    ]


def only(kind: str, name: str) -> Object:
    """The one committed object of that kind and name."""
    found = [doc for _, doc in committed() if (doc["kind"], doc["metadata"]["name"]) == (kind, name)]
    assert len(found) == 1, f"{len(found)} objects {kind}/{name}"
    return found[0]


def of_kind(kind: str) -> list[Object]:
    return [document for _, document in committed() if document["kind"] == kind]
