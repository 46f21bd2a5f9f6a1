"""Repositories of eight shapes that know nothing of buildtool, as their owners would have written them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from tests.support.gitrepos import commit, git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TINY = "FROM scratch\nCOPY index.txt /index.txt\n"


def deployment(name: str, image: str) -> str:
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n  selector:\n    matchLabels:\n"
        f"      app: {name}\n  template:\n    metadata:\n      labels:\n        app: {name}\n    spec:\n"
        f"      containers:\n        - name: {name}\n          image: {image}\n"
    )


def _new(folder: Path) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def _commit(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    commit(folder)
    return folder


def _content() -> str:
    return f"{uuid4()}\n"  # a layer that no registry has seen


def one_image(folder: Path, registry: str) -> Path:
    files = {"Dockerfile": TINY, "index.txt": _content(), "k8s/web.yaml": deployment("web", f"{registry}/web:latest")}
    return _commit(_new(folder), files)


def monorepo(folder: Path, registry: str) -> Path:
    files: dict[str, str] = {}
    for path in ("frontend", "services/frontend", "services/api"):
        files |= {f"{path}/Dockerfile": TINY, f"{path}/index.txt": _content()}
    for name in ("frontend", "services-frontend", "api"):
        files[f"deploy/{name}.yaml"] = deployment(name, f"{registry}/{name}:latest")
    return _commit(_new(folder), files)


def compose_only(folder: Path, registry: str) -> Path:
    compose = (
        f"services:\n  web:\n    image: {registry}/team/web:latest\n    build:\n      context: ./app\n"
        "      dockerfile: Containerfile\n      target: release\n      args:\n        - GREETING=${GREETING:-hello}\n"
        "      additional_contexts:\n        texts: ./texts\n"
    )
    containerfile = "FROM scratch AS base\nCOPY index.txt /index.txt\nFROM base AS release\nCOPY --from=texts a.txt /\n"
    files = {
        "compose.yaml": compose,
        "app/Containerfile": containerfile,
        "app/index.txt": _content(),
        "texts/a.txt": "a\n",
    }
    return _commit(_new(folder), files)


def helm_values(folder: Path, registry: str) -> Path:
    files = {
        "web.Dockerfile": TINY,
        "index.txt": _content(),
        "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "chart/values.yaml": f'image:\n  repository: {registry}/web\n  tag: "latest"\n',
        "chart/templates/web.yaml": "image: {{ .Values.image.repository }}:{{ .Values.image.tag }}\n",
    }
    return _commit(_new(folder), files)


def plain_manifests(folder: Path, registry: str) -> Path:
    """Manifests that a kustomization.yaml lists, and an image with a CronJob of the same."""
    files = {
        "docker/web.Dockerfile": "FROM scratch\nCOPY docker/index.txt /index.txt\n",
        "docker/index.txt": _content(),
        "base/kustomization.yaml": "resources:\n  - web.yaml\n  - worker.yaml\n",
        "base/web.yaml": deployment("web", f"{registry}/shop/web:latest"),
        "base/worker.yaml": deployment("worker", f'"{registry}/shop/web:latest"'),
    }
    return _commit(_new(folder), files)


def no_manifests(folder: Path, registry: str) -> Path:
    return _commit(_new(folder), {"Dockerfile": TINY, "index.txt": _content()})


def submodule(folder: Path, registry: str) -> Path:
    other = _commit(_new(folder.parent / f"{folder.name}-other"), {"index.txt": _content(), "Dockerfile": TINY})
    whole = _commit(_new(folder), {"Dockerfile": "FROM scratch\nCOPY lib/index.txt /index.txt\n"})
    git(whole, "submodule", "--quiet", "add", str(other), "lib")
    return _commit(whole, {"k8s/web.yaml": deployment("web", f"{registry}/web:latest")})


def windows(folder: Path, registry: str) -> Path:
    files = {"Dockerfile": TINY, "index.txt": _content()}
    text = deployment("web", f"{registry}/web:latest").replace("\n", "\r\n").removesuffix("\r\n")
    return _commit(_new(folder), {**files, "k8s/web.yaml": text})


SHAPES: dict[str, Callable[[Path, str], Path]] = {
    "one-image": one_image,
    "monorepo": monorepo,
    "compose-only": compose_only,
    "helm-values": helm_values,
    "plain-manifests": plain_manifests,
    "no-manifests": no_manifests,
    "submodule": submodule,
    "windows": windows,
}
