"""Back to an older image for real: distribution 2.8 and 3, deletes on and off, a bot that commits as Flux does."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.support import registry_view
from tests.support.buildtool import buildtool
from tests.support.gotools import go_tool
from tests.support.httpserver import forward, serve
from tests.support.registries.distribution import distribution
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.buildtool import Ran
    from tests.support.httpserver import Handler, Question
    from tests.support.parts import Registries

pytestmark = [pytest.mark.engine]
NO_DELETES = {"storage": {"delete": {"enabled": False}}}


REGISTRIES = ["2.8, deletes off", "2.8, deletes on", "3, deletes off"]


@contextlib.contextmanager
def serving(kind: str, folder: Path, registry_server: Registries) -> Iterator[str]:
    """A registry, as host:port; distribution 3 is the one that `make extras` builds."""
    if kind.startswith("3"):
        with distribution(str(go_tool("registry")), folder, delete=False) as served:
            yield served.host
        return
    server = registry_server({} if kind.endswith("on") else NO_DELETES)
    try:
        yield server.address
    finally:
        server.stop()


@pytest.fixture(params=REGISTRIES)
def registry(request: pytest.FixtureRequest, tmp_path: Path, registry_server: Registries) -> Iterator[str]:
    with serving(request.param, tmp_path / "registry", registry_server) as address:
        yield address


@pytest.fixture
def shop(tmp_path: Path, registry: str) -> Shop:
    return Shop(tmp_path / "shop", registry, {}, tiny=True)


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


@dataclass
class Killer:
    """A proxy before the registry that kills a run for good at one of the manifests it uploads.

    `at` counts them from 1, 0 is never; `done` lets that upload reach the registry first.
    """

    upstream: str
    at: int = 0
    done: bool = False
    victim: subprocess.Popen[bytes] | None = None
    uploads: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, handler: Handler, question: Question) -> None:
        """One upload after the other, so that nothing of the run comes behind its end."""
        if question.method != "PUT" or "/manifests/" not in question.path or self.victim is None:
            handler.reply(forward(self.upstream, question))
            return
        with self.lock:
            self.uploads.append(question.path)
            number = len(self.uploads)
            reply = forward(self.upstream, question) if number < self.at or (number == self.at and self.done) else None
            if number == self.at:
                self.victim.kill()
                self.victim.wait()
        if reply is not None:
            with contextlib.suppress(OSError):  # nobody is there to take it
                handler.reply(reply)
        handler.close_connection = True

    def kill(self, shop: Shop, engine: Mapping[str, str], *arguments: str) -> None:
        """Run a command until it is killed."""
        self.uploads.clear()
        with self.lock:
            self.victim = subprocess.Popen(
                [sys.executable, "-m", "buildtool", *arguments],
                cwd=shop.folder,
                env={**os.environ, **engine},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        assert self.victim.wait(120) < 0, "it ended by itself"
        self.victim = None


@pytest.mark.parametrize("registry", [kind for kind in REGISTRIES if kind.endswith("off")], indirect=True)
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_killed_at_every_upload_and_run_again_it_converges(
    registry: str, tmp_path: Path, engine: Mapping[str, str], *, done: bool
) -> None:
    """Two marks, then two tags: killed before or after each of them, with A, then the same command to its end."""
    killer = Killer(registry, done=done)
    with serve(killer.answer) as address:
        shop = Shop(tmp_path / "shop", address, {}, tiny=True)
        a = publish(shop, engine, "A")
        command = ("rollback", "web", "api", "--to", a, "--yes")
        for at in (1, 2, 3, 4):
            bad = publish(shop, engine, f"bad {at}")
            before = {name: registry_view.tags(registry, name) for name in ("web", "api")}
            killer.at = at
            killer.kill(shop, engine, *command)
            assert len(killer.uploads) >= at
            run(shop, engine, *command)
            now = flux(shop, engine)
            for name, seen in before.items():
                new = registry_view.tags(registry, name) - seen
                assert new == {now[name], f"rolled-back-{bad}"}, (at, name)
                assert digest(shop, name, now[name]) == digest(shop, name, a)


def test_the_document_is_json_and_nothing_else(shop: Shop, engine: Mapping[str, str]) -> None:
    publish(shop, engine, "A")
    publish(shop, engine, "B")
    ran = run(shop, engine, "rollback", "web", "--dry-run", "--json")
    assert json.loads(ran.stdout)["dry_run"] is True
