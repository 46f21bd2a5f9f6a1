"""Eight repositories that know nothing of buildtool: `init`, `check`, commit, `push`; nothing is written by hand."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support import registry_view
from tests.support.buildtool import buildtool
from tests.support.scratch_repos import SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.parts import Registries

pytestmark = [pytest.mark.engine]

# shape -> (image and its path in the registry, the values that Flux writes)
EXPECTED = {
    "one-image": ({"web": "web"}, ["k8s/web.yaml"]),
    "monorepo": (
        {"api": "api", "frontend": "frontend", "services-frontend": "services-frontend"},
        ["deploy/api.yaml", "deploy/frontend.yaml", "deploy/services-frontend.yaml"],
    ),
    "compose-only": ({"web": "team/web"}, ["compose.yaml"]),
    "helm-values": ({"web": "web"}, ["chart/values.yaml"]),
    "plain-manifests": ({"web": "shop/web"}, ["base/web.yaml", "base/worker.yaml"]),
    "no-manifests": ({"no-manifests": "no-manifests"}, []),
    "submodule": ({"web": "web"}, ["k8s/web.yaml"]),
    "windows": ({"web": "web"}, ["k8s/web.yaml"]),
}


@pytest.fixture(scope="module")
def registry(registry_server: Registries) -> Iterator[str]:
    server = registry_server()
    yield server.address
    server.stop()


@pytest.mark.parametrize("shape", SHAPES)
def test_from_nothing_to_a_published_tag(shape: str, tmp_path: Path, registry: str, engine: Mapping[str, str]) -> None:
    folder = SHAPES[shape](tmp_path / shape, registry)
    images, written = EXPECTED[shape]
    made = buildtool("init", "--yes", "--registry", registry, "--insecure", cwd=folder)
    assert made.code == 0, made
    assert "check: 0 errors" in made.stderr
    assert buildtool("check", cwd=folder).code == 0
    refused = buildtool("push", cwd=folder, env=engine)
    assert refused.code == 3
    [command] = re.findall("fix: commit buildtool.toml: (.*)", refused.stderr)
    below = min(path for path in folder.iterdir() if path.is_dir() and path.name != ".git")
    subprocess.run(["sh", "-c", command], cwd=below, check=True, capture_output=True)
    pushed = buildtool("push", "--json", cwd=folder, env=engine)
    assert pushed.code == 0, pushed
    tag = pushed.document["tag"]
    assert {one["image"]: one["reference"] for one in pushed.document["images"]} == {
        name: f"{registry}/{path}:{tag}" for name, path in images.items()
    }
    assert {one["flux"]["after"] for one in pushed.document["images"]} == {tag}
    assert all(registry_view.tags(registry, path) >= {tag} for path in images.values())
    assert sorted({one["path"] for one in pushed.document["next_commit"]}) == written
    assert {one["new"].rpartition(":")[2] for one in pushed.document["next_commit"]} <= {tag}
    again = buildtool("init", "--yes", "--registry", registry, "--insecure", cwd=folder)
    assert (again.code, again.stdout) == (0, "")
    assert "nothing to do" in again.stderr
