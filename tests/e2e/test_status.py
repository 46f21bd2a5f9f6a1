"""From the push to the running site for real: a registry, a git remote, a health server, and an API server over TLS."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.support import apiserver
from tests.support.apiserver import ApiServer, running
from tests.support.buildtool import buildtool
from tests.support.gitrepos import git
from tests.support.httpserver import Reply, serve
from tests.support.shop import DEPLOYMENT, Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.support.buildtool import Ran
    from tests.support.httpserver import Handler, Question
    from tests.support.parts import Registries

pytestmark = [pytest.mark.engine]
_FAILS_SCAN = apiserver.ready("scan failed: connection refused", "ReadOperationFailed", "False")
_FAILS_PUSH = apiserver.ready("failed to push: denied", "GitOperationFailed", "False")
_FAILS_HEALTH = apiserver.ready("timeout waiting for Deployment/shop", "HealthCheckFailed", "False")


class Site:
    """A shop with a remote, and what stands for Flux and the cluster behind it; `tells` is what runs, by image."""

    def __init__(self, folder: Path, registry: str, health: str, engine: Mapping[str, str]) -> None:
        self.engine = dict(engine)
        self.folder = folder
        self.shop = Shop(folder / "shop", registry, {}, tiny=True)
        self.shop.write("deploy/api-deployment.yaml", DEPLOYMENT.format(registry=registry).replace("web", "api"))
        url = 'running = {{url = "http://{health}/{name}", revision = "build.revision"}}'
        more = {name: url.format(health=health, name=name) for name in ("web", "api")}
        self.shop.configure(**more)
        self.shop.commit("how to see what runs")
        git(folder, "clone", "--quiet", "--bare", str(self.shop.folder), "remote.git")
        self.shop.git("remote", "add", "origin", (folder / "remote.git").as_uri())
        self.files = {"web": "deploy/shop.yaml", "api": "deploy/api-deployment.yaml"}

    def run(self, *arguments: str, code: int = 0, **variables: str) -> Ran:
        ran = buildtool(*arguments, cwd=self.shop.folder, env={**self.engine, **variables})
        assert ran.code == code, ran
        return ran

    def change(self, text: str) -> None:
        for name in ("web", "api"):
            self.shop.write(f"{name}/index.txt", f"{name} {text} {self.shop.registry}\n")
        self.shop.commit(text)
        self.shop.git("push", "--quiet", "origin", "main")

    def as_flux(self, name: str, tag: str) -> str:
        """The automation's commit for one image, in a clone of its own."""
        clone = self.folder / "flux"
        if not clone.exists():
            git(self.folder, "clone", "--quiet", (self.folder / "remote.git").as_uri(), "flux")
        git(clone, "pull", "--quiet")
        file = clone / self.files[name]
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(_set(line, name, tag) for line in lines), encoding="utf-8")
        git(clone, "commit", "--quiet", "--all", f"--message=Deploy {tag}")
        git(clone, "push", "--quiet", "origin", "main")
        return git(clone, "rev-parse", "HEAD")

    def states(self, **variables: str) -> dict[str, dict[str, str]]:
        document = self.run("status", "--json", code=0, **variables).document
        return {
            image["image"]: {station["name"]: station["state"] for station in image["stations"]}
            for image in document["images"]
        }


def _set(line: str, name: str, tag: str) -> str:
    before, marker, setter = line.partition(" # {")
    return f"{before.rpartition(':')[0]}:{tag}{marker}{setter}" if marker and f'flux-system:{name}"' in setter else line


@pytest.fixture
def tells() -> dict[str, str]:
    """The revision that runs, by image."""
    return {}


@pytest.fixture
def site(
    tmp_path: Path, registry_server: Registries, engine: Mapping[str, str], tells: dict[str, str]
) -> Iterator[Site]:
    def answer(handler: Handler, question: Question) -> None:
        body = {"build": {"revision": tells.get(question.path.strip("/"), "dev")}}
        handler.reply(Reply(200, {"Content-Type": "application/json"}, json.dumps(body).encode()))

    server = registry_server()
    with serve(answer) as address:
        yield Site(tmp_path, server.address, address, engine)
    server.stop()


@contextlib.contextmanager
def meanwhile(act: Callable[[], None]) -> Iterator[None]:
    """Something that goes on beside the block, and whose failure is the test's."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 -- raised again below
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    assert failures == []


def newest_tag(site: Site, name: str, before: set[str]) -> str:
    """The tag that a push publishes, as soon as it is there."""
    while True:
        document = site.run("status", name, "--json").document
        tag = document["images"][0]["tag"]
        if tag is not None and tag not in before:
            return str(tag)


def test_from_nothing_to_running(site: Site, tells: dict[str, str]) -> None:
    assert {states["published"] for states in site.states().values()} == {"not reached"}
    site.change("A")
    document = site.run("push", "--json").document
    tag, revision = document["tag"], document["revision"]
    before = site.shop.git("for-each-ref")
    assert site.states()["web"] == {
        "commit": "reached",
        "published": "reached",
        "selected": "reached",
        "committed": "not reached",
        "applied": "unknown",
        "running": "not reached",
    }
    site.as_flux("web", tag)
    states = site.states()
    assert (states["web"]["committed"], states["api"]["committed"]) == ("reached", "not reached")
    site.as_flux("api", tag)
    tells.update(web=revision, api=revision[:12])
    shown = site.run("status")
    assert "=> web: it runs" in shown.stdout
    assert "no cluster was asked" in shown.stdout
    assert site.run("status", "--json").document["live"] is True
    watched = [site.run("status", *flag).stdout for flag in (["--watch"], [])]
    assert len({re.sub(r"[0-9]+ (?:s|min) ago", "", text) for text in watched}) == 1
    assert site.shop.git("for-each-ref") == before


@pytest.mark.parametrize("order", [("web", "api"), ("api", "web")], ids=" then ".join)
def test_push_waits_for_both_images_of_two_commits(site: Site, tells: dict[str, str], order: tuple[str, str]) -> None:
    site.change("A")
    revision = site.shop.git("rev-parse", "HEAD")

    def cluster() -> None:
        tag = newest_tag(site, "web", set())
        for name in order:
            newest_tag(site, name, set())
            site.as_flux(name, tag)
            tells[name] = revision

    with meanwhile(cluster):
        ran = site.run("push", "--wait=2m", "--json")
    assert ran.document["tag"]
    lines = ran.stderr.splitlines()
    for name in order:
        assert f"  {name:<9} running    it runs" in lines
    assert [line for line in lines if "warning" in line] == []


def test_the_time_is_over_and_the_tags_stay(site: Site) -> None:
    site.change("A")
    summary = site.folder / "summary.md"
    summary.touch()
    outputs = site.folder / "outputs"
    outputs.touch()
    files = {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(outputs)}
    ran = site.run("push", "--wait=1s", code=16, **files)
    tag = site.run("status", "web", "--json").document["images"][0]["tag"]
    assert "published" in ran.stdout
    assert f"{site.shop.registry}/web:{tag}" in ran.stderr
    assert "web: not committed: deploy/shop.yaml holds main-0000000-1700000000" in ran.stderr
    assert "wait-timeout (exit code 16)" in ran.stderr
    assert "not running in time" in summary.read_text(encoding="utf-8")
    assert tag in outputs.read_text(encoding="utf-8")


def test_a_newer_push_overtakes(site: Site) -> None:
    site.change("A")

    def another() -> None:
        first = newest_tag(site, "web", set())
        newest_tag(site, "api", set())
        clone = site.folder / "other"
        git(site.folder, "clone", "--quiet", (site.folder / "remote.git").as_uri(), "other")
        for name in ("web", "api"):
            (clone / name / "index.txt").write_text(f"{name} B {site.shop.registry}\n", encoding="utf-8")
        git(clone, "commit", "--quiet", "--all", "--message=B")
        ran = buildtool("push", "--json", cwd=clone, env=site.engine)
        assert ran.code == 0, ran
        assert ran.document["tag"] != first

    with meanwhile(another):
        ran = site.run("push", "--wait=2m")
    assert ran.stderr.count("a newer push has overtaken this one: Flux selects main-") == 2


def test_a_rollback_ends_the_wait(site: Site) -> None:
    site.change("A")
    first = site.run("push", "--json").document["tag"]
    site.change("B")

    def back() -> None:
        for name in ("web", "api"):
            newest_tag(site, name, {first})
        site.run("rollback", "web", "--to", first, "--yes")

    with meanwhile(back):
        ran = site.run("push", "--wait=2m", code=16)
    assert "wait-rolled-back (exit code 16)" in ran.stderr
    marks = site.run("status", "web", "--json").document["images"][0]["marks"]
    assert len(marks) == 1
    assert f"carries the mark {marks[0]}" in ran.stderr


def test_the_cluster_over_tls(site: Site, tells: dict[str, str]) -> None:
    site.change("A")
    document = site.run("push", "--json").document
    tag = document["tag"]
    commits = {name: site.as_flux(name, tag) for name in ("web", "api")}
    tells.update(dict.fromkeys(commits, document["revision"]))
    server = ApiServer()
    server.put(
        *(apiserver.policy(name, tag) for name in commits),
        *(apiserver.flux("ImageRepository", name) for name in commits),
        apiserver.flux("ImageUpdateAutomation", "shop"),
        apiserver.kustomization("shop", "./deploy", commits["web"], ["default/shop"]),
        apiserver.deployment("default/shop", f"{site.shop.registry}/web:{tag}", fresh=1),
    )
    with running(server, site.folder) as config:
        states = site.states(KUBECONFIG=str(config))
        assert (states["web"]["applied"], states["api"]["applied"]) == ("reached", "not reached")
        assert states["web"]["running"] == "not reached"
        server.put(
            apiserver.kustomization("shop", "./deploy", commits["api"], ["default/shop"]),
            apiserver.deployment("default/shop", f"{site.shop.registry}/web:{tag}"),
        )
        shown = site.run("status", "--kubeconfig", str(config))
        assert "=> web: it runs" in shown.stdout
        assert "=> api: it runs" in shown.stdout
        server.sick = True
        assert site.states(KUBECONFIG=str(config))["web"]["applied"] == "unknown"
    assert {method for method, _ in server.asked} == {"GET"}


def test_watching_is_ended_by_the_person(site: Site) -> None:
    """With a line for each look until then, as JSON."""
    site.change("A")
    argv = [sys.executable, "-m", "buildtool", "status", "--watch", "--json"]
    with subprocess.Popen(
        argv, cwd=site.shop.folder, env={**os.environ, **site.engine}, stdout=subprocess.PIPE, text=True
    ) as watching:
        assert watching.stdout is not None
        assert json.loads(watching.stdout.readline())["live"] is False
        watching.terminate()
        assert watching.wait(60) == 130


def test_each_station_at_which_an_image_can_be_stuck(site: Site, tells: dict[str, str]) -> None:
    """From the first to the last, each with the words of who holds it up, and what to type."""
    server = ApiServer()
    old = site.shop.git("rev-parse", "HEAD")
    with running(server, site.folder) as config:

        def stuck() -> tuple[str, str]:
            document = site.run("status", "web", "--json", KUBECONFIG=str(config)).document
            [image] = document["images"]
            first = next(one for one in image["stations"] if one["state"] != "reached")
            assert image["live"] is False
            assert image["sentence"].startswith(f"not {first['name']}: {first['cause']}")
            return first["name"], f"{first['cause']}; {first['fix']}"

        assert stuck() == ("published", "the registry holds no tag of the deploy branch; buildtool push")
        site.change("A")
        document = site.run("push", "--json").document
        tag, image = document["tag"], f"{site.shop.registry}/web:{document['tag']}"

        server.put(
            apiserver.policy("web", "main-0000000-1700000000"),
            apiserver.flux("ImageRepository", "web", condition=_FAILS_SCAN),
            apiserver.flux("ImageUpdateAutomation", "shop", condition=_FAILS_PUSH),
            apiserver.kustomization("shop", "./deploy", old, ["default/shop"], condition=_FAILS_HEALTH),
            apiserver.deployment("default/shop", image, fresh=1),
            apiserver.pod("default/shop-1", "shop", image, "CrashLoopBackOff", "back-off 5m0s restarting"),
        )
        name, words = stuck()
        assert (name, "ReadOperationFailed: scan failed: connection refused" in words) == ("selected", True)
        assert words.endswith("flux reconcile image repository web -n flux-system")

        server.put(apiserver.policy("web", tag), apiserver.flux("ImageRepository", "web"))
        name, words = stuck()
        assert (name, "GitOperationFailed: failed to push: denied" in words) == ("committed", True)
        assert words.endswith("flux reconcile image update shop -n flux-system")

        made = site.as_flux("web", tag)
        name, words = stuck()
        assert (name, "HealthCheckFailed: timeout waiting for Deployment/shop" in words) == ("applied", True)
        assert words.endswith("flux reconcile kustomization shop -n flux-system")

        server.put(apiserver.kustomization("shop", "./deploy", made, ["default/shop"]))
        name, words = stuck()
        assert (name, "CrashLoopBackOff: back-off 5m0s restarting" in words) == ("running", True)

        server.put(apiserver.deployment("default/shop", image))
        tells["web"] = old
        name, words = stuck()
        assert (name, old[:7] in words) == ("running", True)

        tells["web"] = document["revision"]
        assert site.run("status", "web", "--json", KUBECONFIG=str(config)).document["live"] is True
