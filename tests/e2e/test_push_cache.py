"""Layer caches for real: in registries, where no policy may ever see one, and in folders that do not grow.

Engine (docker driver), buildkitd (remote driver), distribution, and the Harbor stand-in of tests/support.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from buildtool.core.flux.manifests import find_policies
from buildtool.core.flux.policy import select
from tests.support import registry_view
from tests.support.buildtool import buildtool
from tests.support.harbor.artifacts import rule
from tests.support.harbor.server import harbor
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.buildtool import Ran
    from tests.support.harbor.server import Harbor
    from tests.support.parts import Registries

pytestmark = pytest.mark.engine
CACHE = "buildcache"
# Two layers, so that the second push has one to take from the cache and one to build.
DOCKERFILE = "FROM scratch AS base\nCOPY base.txt /base.txt\nFROM base\nCOPY index.txt /index.txt\n"
ENABLED = "[cache]\nenabled = true\n"


def layered(folder: Path, registry: str, *, web: str = "", api: str = "", top: str = "") -> Shop:
    shop = Shop(folder, registry, {}, tiny=True)
    for name in ("web", "api"):
        shop.write(f"{name}/Dockerfile", DOCKERFILE)
        shop.write(f"{name}/base.txt", f"{uuid4()}\n")
    shop.configure(web=web, api=api, top=top)
    shop.commit("two layers")
    return shop


@pytest.fixture
def registry(registry_server: Registries) -> Iterator[str]:
    server = registry_server()
    yield server.address
    server.stop()


def change(shop: Shop) -> None:
    for name in ("web", "api"):
        shop.write(f"{name}/index.txt", f"{uuid4()}\n")
    shop.commit("changed")


def pushed(shop: Shop, env: Mapping[str, str], *arguments: str) -> Ran:
    ran = buildtool("push", "--json", *arguments, cwd=shop.folder, env=env)
    assert ran.code == 0, ran
    return ran


def prune(env: Mapping[str, str]) -> None:
    """A new machine: only this builder's own cache is emptied, and only where it is the test's own."""
    if "BUILDX_BUILDER" in env:
        subprocess.run(["docker", "buildx", "prune", "-af"], env={**os.environ, **env}, check=True, capture_output=True)


def assert_hidden(shop: Shop, tags: Mapping[str, set[str]]) -> None:
    """Every policy of the tree takes the pushed tag, and none takes anything else that is there."""
    texts = {str(path): path.read_text() for path in (shop.folder / "deploy").glob("*.yaml")}
    policies = find_policies(texts.items()).policies
    assert set(policies) == {"flux-system:web", "flux-system:api"}
    for there in tags.values():
        finals = {tag for tag in there if tag.startswith("main-")}
        for policy in policies.values():
            assert {select(policy, sorted(there)).winner} <= finals
            assert all(not select(policy, [tag]).possible for tag in there - finals)


def test_a_cache_in_a_registry_serves_the_next_machine_and_no_policy_sees_it(
    tmp_path: Path, registry: str, builder: Mapping[str, str]
) -> None:
    shop = layered(tmp_path / "shop", registry, top=ENABLED)
    first = pushed(shop, builder)
    assert first.document["warnings"] == [], "that there is no cache yet is nothing to tell"
    assert "importing cache" not in first.stderr
    prune(builder)
    change(shop)
    second = pushed(shop, builder)
    tags = {name: registry_view.tags(registry, name) for name in ("web", "api")}
    assert tags["web"] == {first.document["tag"], second.document["tag"], CACHE}
    assert_hidden(shop, tags)
    assert second.document["warnings"] == []
    assert len(re.findall(r"cached +\[(?:web|api) base 1/1\] COPY base.txt", second.stderr)) == 2, second
    manifest = registry_view.manifest(registry, "web", CACHE)
    assert manifest["mediaType"] == "application/vnd.oci.image.manifest.v1+json", "Harbor refuses an index"
    assert manifest["config"]["mediaType"].startswith("application/vnd.buildkit.cacheconfig")


@pytest.fixture
def server() -> Iterator[Harbor]:
    with harbor() as fake:
        fake.website.metadata["public"] = "true"
        yield fake


def as_robot(server: Harbor, env: Mapping[str, str]) -> dict[str, str]:
    return {
        **env,
        "BUILDTOOL_REGISTRY_USERNAME": server.robot.name,
        "BUILDTOOL_REGISTRY_PASSWORD": server.robot.secret,
    }


def test_a_cache_in_a_harbor(tmp_path: Path, server: Harbor, builder: Mapping[str, str]) -> None:
    shop = layered(tmp_path / "shop", f"{server.host}/website", top=ENABLED)
    env = as_robot(server, builder)
    first = pushed(shop, env)
    assert first.document["warnings"] == []
    change(shop)
    second = pushed(shop, env)
    assert second.document["warnings"] == []
    tags = {name: set(server.state.tags(f"website/{name}") or {}) for name in ("web", "api")}
    assert tags["api"] == {first.document["tag"], second.document["tag"], CACHE}
    assert_hidden(shop, tags)


def test_a_cache_that_a_registry_refuses_is_a_warning_and_the_images_are_published(
    tmp_path: Path, server: Harbor, engine: Mapping[str, str]
) -> None:
    """A rule of Harbor keeps the tag as it is: the second cache cannot be written."""
    shop = layered(tmp_path / "shop", f"{server.host}/website", top=ENABLED)
    env = as_robot(server, engine)
    pushed(shop, env)
    server.website.immutable = [rule(CACHE)]
    change(shop)
    ran = pushed(shop, env)
    assert [one["status"] for one in ran.document["images"]] == ["published"] * 2
    lost = [one for one in ran.document["warnings"] if "the layer cache could not be written (registry)" in one]
    assert lost, ran
    assert lost[0] in ran.stderr


def test_a_cache_elsewhere_that_is_down_changes_nothing_about_the_images(
    tmp_path: Path, registry: str, engine: Mapping[str, str]
) -> None:
    down = "127.0.0.1:1/caches/web:a"
    lines = f'cache_from = ["{down}"]\ncache_to = ["type=registry,mode=max,ref={down}"]\n'
    shop = layered(tmp_path / "shop", registry, web=lines)
    ran = pushed(shop, engine)
    warnings = "\n".join(ran.document["warnings"])
    assert f"the layer cache {down} could not be read, so nothing was taken from it" in warnings
    assert "the layer cache could not be written (registry)" in warnings
    assert "FAILED" not in ran.stderr


def test_a_broken_build_is_not_explained_by_a_cache_that_is_not_there(
    tmp_path: Path, registry: str, engine: Mapping[str, str]
) -> None:
    shop = layered(tmp_path / "shop", registry, top=ENABLED)
    shop.write("web/Dockerfile", "FROM scratch\nCOPY not-there /x\n")
    shop.commit("broken")
    ran = buildtool("push", "web", cwd=shop.folder, env=engine)
    assert ran.code == 12, ran
    assert "build-no-such-file" in ran.stderr
    assert "importing cache" not in ran.stderr


def test_a_cache_that_must_be_written_fails_as_one(tmp_path: Path, registry: str, engine: Mapping[str, str]) -> None:
    lines = 'cache_to = ["type=registry,ref=127.0.0.1:1/caches/web:a,ignore-error=false"]\n'
    shop = layered(tmp_path / "shop", registry, web=lines)
    ran = buildtool("push", "web", cwd=shop.folder, env=engine)
    assert ran.code == 12, ran
    assert "build-cache" in ran.stderr
    assert registry_view.tags(registry, "web") <= {"unproven"}


@pytest.mark.parametrize(
    ("top", "lines", "setting"),
    [
        ('[cache]\nenabled = true\ntag = "keepme"\n', "", "cache.tag"),
        ("", 'cache_to = ["type=registry,ref={registry}/web:keepme"]\n', "images.web.cache_to"),
    ],
)
def test_a_cache_that_flux_could_deploy_is_refused_before_the_build(
    tmp_path: Path, engine: Mapping[str, str], top: str, lines: str, setting: str
) -> None:
    """push, check and doctor name the policy's line; the registry is not even asked."""
    registry = "127.0.0.1:1"
    shop = layered(tmp_path / "shop", registry, web=lines.replace("{registry}", registry), top=top)
    policy = (shop.folder / "deploy/web.yaml").read_text()
    policy = policy[: policy.index("  filterTags:")] + "  policy:\n    alphabetical: {}\n"
    shop.write("deploy/web.yaml", policy + "  filterTags:\n    pattern: '^(main|keep)'\n")
    shop.commit("a policy that takes too much")
    words = f"takes the tag 'keepme' of {setting}"
    ran = buildtool("push", cwd=shop.folder, env={**engine, "BUILDTOOL_REGISTRY": registry})
    assert (ran.code, words in ran.stderr, "Build and push" in ran.stderr) == (2, True, False), ran
    assert re.search(r"deploy/web\.yaml:\d+", ran.stderr), ran
    checked = buildtool("check", "--format", "json", cwd=shop.folder, env={"BUILDTOOL_REGISTRY": registry})
    assert any(words in one["message"] for one in checked.document["findings"]), checked
    facts = buildtool("doctor", "--json", cwd=shop.folder, env={**engine, "BUILDTOOL_REGISTRY": registry})
    assert any(words in str(fact) for fact in facts.document["facts"]), facts


# --- in folders


def blobs(folder: Path) -> set[str]:
    return {path.name for path in (folder / "blobs" / "sha256").iterdir()}


def referenced(folder: Path) -> set[str]:
    """The blobs that the index of a cache leads to."""
    found, todo = set(), [one["digest"] for one in json.loads((folder / "index.json").read_text())["manifests"]]
    while todo:
        name = todo.pop().removeprefix("sha256:")
        found.add(name)
        try:
            document: Any = json.loads((folder / "blobs" / "sha256" / name).read_bytes())
        except ValueError:
            continue
        if isinstance(document, dict):
            parts = [*document.get("manifests", []), *document.get("layers", []), document.get("config") or {}]
            todo += [one["digest"] for one in parts if isinstance(one, dict) and one.get("digest")]
    return found


LOCAL = '[cache]\nlocal = ".caches"\n'


def test_a_cache_in_a_folder_serves_the_next_machine_and_does_not_grow(
    tmp_path: Path, registry: str, builder: Mapping[str, str]
) -> None:
    shop = layered(tmp_path / "shop", registry, top=LOCAL)
    folder, sizes = shop.folder / ".caches", []
    for turn in range(4):
        prune(builder)
        change(shop)
        ran = pushed(shop, builder)
        assert ran.document["warnings"] == [], ran
        assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "api", "web"]
        assert blobs(folder / "web") == referenced(folder / "web"), "nothing is kept that no build needs"
        sizes.append(len(blobs(folder / "web")))
        assert (len(re.findall(r"cached +\[web base 1/1\]", ran.stderr)) == 1) is bool(turn), ran
    assert len(set(sizes)) == 1
    assert shop.git("status", "--porcelain") == "", "git is not shown the caches"


def test_build_reads_and_writes_the_same_folder_without_a_registry(tmp_path: Path, engine: Mapping[str, str]) -> None:
    shop = layered(tmp_path / "shop", "127.0.0.1:1", top=f"{LOCAL}enabled = true\n")
    ran = buildtool("build", "--json", cwd=shop.folder, env={**engine, "BUILDTOOL_REGISTRY": ""})
    assert ran.code == 0, ran
    assert ran.document["warnings"] == []
    assert blobs(shop.folder / ".caches" / "api")


@pytest.mark.parametrize("outside", [True, False])
def test_in_ci_a_folder_outside_of_the_repository_has_to_be_allowed(
    tmp_path: Path, registry: str, engine: Mapping[str, str], *, outside: bool
) -> None:
    place = tmp_path / "kept" if outside else "kept"
    for number, lines in enumerate(
        ({"top": f'[cache]\nlocal = "{place}"\n'}, {"web": f'cache_to = ["type=local,dest={place}"]\n'})
    ):
        shop = layered(tmp_path / f"shop-{number}", f"{registry}/{number}", **lines)
        shop.write(".gitignore", "kept\n")
        commit = shop.commit("ignored")
        env = {
            **engine,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_SHA": commit,
            "GITHUB_REF_NAME": "main",
            "GITHUB_REF_TYPE": "branch",
        }
        ran = buildtool("push", cwd=shop.folder, env=env)
        if not outside:
            assert ran.code == 0, ran
            continue
        assert ran.code == 3, ran
        assert "outside-repository" in ran.stderr
        assert f"writes {place}" in ran.stderr
        assert re.search(r"file=buildtool\.toml,line=\d+", ran.stderr)
        assert not (tmp_path / "kept").exists()
        allowed = pushed(shop, env, "--allow-outside")
        assert [one["access"] for one in allowed.document["outside"]] == ["write"]
        assert (tmp_path / "kept").is_dir()
        shutil.rmtree(tmp_path / "kept")


def test_a_cache_that_would_be_sent_to_the_builder_is_refused(
    tmp_path: Path, registry: str, engine: Mapping[str, str]
) -> None:
    """Each build would send the cache, which changes each time: no image would ever be unchanged."""
    shop = layered(tmp_path / "shop", registry, top='[cache]\nlocal = "web/cache"\n')
    ran = buildtool("push", cwd=shop.folder, env=engine)
    assert ran.code == 2, ran
    assert "web/.dockerignore" in ran.stderr
    assert "cache.local" in ran.stderr
    shop.write("web/.dockerignore", "cache\n")
    shop.commit("ignored")
    pushed(shop, engine)
    again = pushed(shop, engine)
    assert [one["status"] for one in again.document["images"]] == ["unchanged"] * 2


@pytest.mark.parametrize("moment", [0.1, 0.4, 0.8, 1.6])
def test_a_run_that_is_killed_leaves_a_cache_that_is_used(
    tmp_path: Path, registry: str, engine: Mapping[str, str], moment: float
) -> None:
    shop = layered(tmp_path / "shop", registry, top=LOCAL)
    pushed(shop, engine, "web")
    place = shop.folder / ".caches" / "web"
    change(shop)
    argv = [sys.executable, "-m", "buildtool", "push", "web"]
    run = subprocess.Popen(
        argv, cwd=shop.folder, env={**os.environ, **engine}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(moment)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    ran = pushed(shop, engine, "web")
    assert "could not be read" not in ran.stderr
    assert [path.name for path in place.parent.iterdir() if path.name != ".gitignore"] == ["web"]
    assert blobs(place) == referenced(place)
