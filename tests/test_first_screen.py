"""The first screen of the README: a newcomer who types what it shows has a published image that Flux selects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.errors import Exit
from tests.support import pictures, registry_view
from tests.support.buildtool import buildtool
from tests.support.gitrepos import git
from tests.support.scratch_repos import deployment, one_image
from tests.support.tools import tool
from tests.support.typed import ROOT, commands, typed
from tests.test_readme import normal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.parts import Registries

SCREEN = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## ", 1)[0]
REGISTRY = "registry.example.com/team"


@pytest.mark.engine
def test_it_leads_to_an_image_that_flux_selects(
    tmp_path: Path, registry_server: Registries, engine: Mapping[str, str]
) -> None:
    """The address is this checkout's last commit, the registry one on loopback, which speaks plain HTTP."""
    tool("uvx")
    host = registry_server().address
    folder = one_image(tmp_path / "shop", f"{host}/team")
    lines = [line.replace(REGISTRY, f"{host}/team --insecure") for line in commands(SCREEN)]
    for line in lines:
        ran = typed(line, folder, ours=False, env=engine)
        assert ran.returncode == 0, f"{line}: {ran.stdout}{ran.stderr}"
        assert (git(folder, "status", "--porcelain") == "") is not line.startswith(("buildtool init", "git add"))
    [tag] = registry_view.tags(host, "team/web") - {"unproven"}
    assert f"{host}/team/web:{tag}" in ran.stdout
    assert "selects it" in ran.stdout
    assert buildtool("check", cwd=folder).code == 0


def test_trying_it_tells_what_is_wrong(tmp_path: Path) -> None:
    tool("uvx")
    folder = one_image(tmp_path / "shop", "registry.example.com")
    broken = deployment("web", 'web:1 # {"$imagepolicy": "flux-system:none"}').replace(
        "web:1", "registry.example/web:1"
    )
    (folder / "k8s/web.yaml").write_text(broken, encoding="utf-8")
    ran = typed(commands(SCREEN)[0], folder, ours=False)
    assert ran.returncode == Exit.NO, ran
    assert "marker-unknown-policy" in ran.stdout


@pytest.mark.engine
def test_the_picture_shows_what_a_push_prints_today(
    tmp_path: Path, registry_server: Registries, base_contexts: Mapping[str, str], engine: Mapping[str, str]
) -> None:
    assert "](docs/pictures/push.svg)" in SCREEN
    today = pictures.push(tmp_path / "shop", registry_server().address, base_contexts)
    shown = pictures.PUSH.read_text(encoding="utf-8")
    assert comparable(pictures.words(shown)) == comparable(pictures.words(today))


def comparable(text: str) -> list[str]:
    """Without what differs from run to run and the platform; the times at the end name what took some."""
    [end] = [number for number, line in enumerate(text.splitlines()) if line.startswith("  took ")]
    lines = text.replace("linux/arm64", "linux/amd64").replace("main-", "master-").splitlines()
    return [normal(line) for line in lines[:end]]
