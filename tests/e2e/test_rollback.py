"""Back to an older image for real: with and without deleting, and a bot that commits as Flux does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.support import registry_view
from tests.support.buildtool import buildtool
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.buildtool import Ran
    from tests.support.parts import Registries

pytestmark = [pytest.mark.engine]
NO_DELETES = {"storage": {"delete": {"enabled": False}}}


@pytest.fixture(params=[False, True], ids=["deletes off", "deletes on"])
def shop(request: pytest.FixtureRequest, tmp_path: Path, registry_server: Registries) -> Iterator[Shop]:
    server = registry_server({} if request.param else NO_DELETES)
    yield Shop(tmp_path / "shop", server.address, {}, tiny=True)
    server.stop()


def run(shop: Shop, engine: Mapping[str, str], *arguments: str, code: int = 0) -> Ran:
    ran = buildtool(*arguments, cwd=shop.folder, env=dict(engine))
    assert ran.code == code, ran
    return ran


def publish(shop: Shop, engine: Mapping[str, str], text: str) -> str:
    """A commit that changes both images, pushed; its tag."""
    for name in ("web", "api"):
        shop.write(f"{name}/index.txt", f"{name} {text} {shop.registry}\n")
    shop.commit(text)
    return str(run(shop, engine, "push", "--json").document["tag"])


def flux(shop: Shop, engine: Mapping[str, str]) -> dict[str, str]:
    """What the policies select from the live tags."""
    found = {}
    for name in ("web", "api"):
        ran = run(shop, engine, "policy", "explain", name, "--json")
        found[name] = str(ran.document["latest"])
    return found


def as_flux(shop: Shop, tag: str) -> None:
    """The commit of the automation: the tag at the setter."""
    path = shop.folder / "deploy" / "shop.yaml"
    lines = [
        line.split("web:")[0] + f"web:{tag} # " + line.split(" # ")[1] if "$imagepolicy" in line else line
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    shop.write("deploy/shop.yaml", "\n".join(lines) + "\n")
    shop.commit(f"Flux: {tag}")


def digest(shop: Shop, name: str, tag: str) -> str:
    return str(registry_view.manifest(shop.registry, name, tag)["config"]["digest"])


def test_back_and_forward_and_on(shop: Shop, engine: Mapping[str, str]) -> None:
    """Publish A, B, C; back to A; C's commit is refused; forward to C; D wins."""
    a, b, c = (publish(shop, engine, text) for text in "ABC")
    commit_c = shop.git("rev-parse", "HEAD")
    before = {name: registry_view.tags(shop.registry, name) for name in ("web", "api")}
    ran = run(shop, engine, "rollback", "web", "api", "--to", a, "--yes", "--json")
    back = {image["image"]: image for image in ran.document["images"]}
    assert flux(shop, engine) == {name: back[name]["tag"] for name in back}
    for name in back:
        new = registry_view.tags(shop.registry, name) - before[name]
        assert new == {back[name]["tag"], f"rolled-back-{c}"}
        assert digest(shop, name, back[name]["tag"]) == digest(shop, name, a)
        assert digest(shop, name, f"rolled-back-{c}") == digest(shop, name, c)
    assert back["web"]["tag"].split("-")[1] == a.split("-")[1]
    assert b in before["web"]

    refused = run(shop, engine, "push", "--force", code=3)
    assert f"rolled-back-{c}" in refused.stderr
    assert "--allow-rolled-back" in refused.stderr

    ran = run(shop, engine, "rollback", "web", "api", "--to", c, "--yes", "--json")
    forward = {image["image"]: image["tag"] for image in ran.document["images"]}
    assert flux(shop, engine) == forward
    assert digest(shop, "web", forward["web"]) == digest(shop, "web", c)
    assert shop.git("rev-parse", "HEAD") == commit_c
    assert run(shop, engine, "push", "--json").document["images"][0]["status"] == "unchanged"

    d = publish(shop, engine, "D")
    assert flux(shop, engine) == {"web": d, "api": d}


def test_the_default_is_what_the_automation_replaced(shop: Shop, engine: Mapping[str, str]) -> None:
    """B was never deployed: the automation went from A to C."""
    a = publish(shop, engine, "A")
    as_flux(shop, a)
    publish(shop, engine, "B")
    c = publish(shop, engine, "C")
    as_flux(shop, c)
    ran = run(shop, engine, "rollback", "web", "--yes", "--json")
    [image] = ran.document["images"]
    assert (image["from"], image["to"]) == (c, a)
    [change] = ran.document["next_commit"]
    assert (change["old"], change["new"]) == (f"{shop.registry}/web:{c}", f"{shop.registry}/web:{image['tag']}")


def test_nothing_happens_without_a_word(shop: Shop, engine: Mapping[str, str]) -> None:
    publish(shop, engine, "A")
    publish(shop, engine, "B")
    before = registry_view.tags(shop.registry, "web")
    assert "add --yes" in run(shop, engine, "rollback", "web", code=2).stderr
    shown = run(shop, engine, "rollback", "web", "--dry-run")
    assert "publish  " in shown.stderr
    assert registry_view.tags(shop.registry, "web") == before


def test_killed_at_any_moment_and_run_again_it_converges(shop: Shop, engine: Mapping[str, str]) -> None:
    a, b = (publish(shop, engine, text) for text in "AB")
    before = registry_view.tags(shop.registry, "web")
    command = [sys.executable, "-m", "buildtool", "rollback", "web", "api", "--yes"]
    for delay in (0.2, 0.35, 0.5, 0.6, 0.7, 0.8):
        started = subprocess.Popen(
            command,
            cwd=shop.folder,
            env={**os.environ, **engine},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay)  # any moment will do: the end is the same
        started.kill()
        started.wait()
    run(shop, engine, "rollback", "web", "api", "--yes")
    for name in ("web", "api"):
        new = registry_view.tags(shop.registry, name) - before
        assert f"rolled-back-{b}" in new
        assert len(new) == 2, new
        assert digest(shop, name, flux(shop, engine)[name]) == digest(shop, name, a)


def test_the_document_is_json_and_nothing_else(shop: Shop, engine: Mapping[str, str]) -> None:
    publish(shop, engine, "A")
    publish(shop, engine, "B")
    ran = run(shop, engine, "rollback", "web", "--dry-run", "--json")
    assert json.loads(ran.stdout)["dry_run"] is True
