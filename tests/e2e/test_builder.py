"""Builders that buildtool makes: real buildkitd processes as nodes, one platform each."""

from __future__ import annotations

import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.core.build.activity import records_in_use
from tests.support import registry_view
from tests.support.buildkitd import buildkitds
from tests.support.buildtool import buildtool
from tests.support.shop import DOCKERFILE, Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.buildtool import Ran
    from tests.support.parts import Registries

pytestmark = [pytest.mark.engine, pytest.mark.arm64, pytest.mark.go, pytest.mark.usefixtures("arm64")]
PLATFORMS = ("linux/amd64", "linux/arm64")
SLOW = DOCKERFILE.replace("RUN uname -m", "RUN sleep 4; date +%s%N > /when; uname -m")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The addresses of two buildkitd: the first for amd64, the second for arm64."""
    with buildkitds(tmp_path_factory.mktemp("nodes"), PLATFORMS) as addresses:
        yield addresses


@pytest.fixture
def machine(tmp_path: Path, engine: Mapping[str, str]) -> Mapping[str, str]:
    """The variables of a user with an empty buildx and an empty cache."""
    return {**engine, "BUILDX_CONFIG": str(tmp_path / "buildx"), "XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.fixture
def shop(tmp_path: Path, registry_server: Registries, base_contexts: Mapping[str, str], nodes: list[str]) -> Shop:
    made = Shop(tmp_path / "shop", registry_server().address, base_contexts)
    made.configure(top=table(*nodes))
    made.commit("a builder of two nodes")
    return made


def table(*addresses: str) -> str:
    """`[builder]` with these nodes, each for its platform."""
    listed = [
        f'[[builder.nodes]]\nendpoint = "{address}"\nplatforms = ["{platform}"]\n'
        for address, platform in zip(addresses, PLATFORMS, strict=False)
    ]
    return '[builder]\ndriver = "remote"\n' + "".join(listed)


def buildx(machine: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    argv = ["docker", "buildx", *arguments]
    return subprocess.run(argv, env={**os.environ, **machine}, capture_output=True, text=True, check=False)


def built_on(machine: Mapping[str, str], name: str) -> dict[str, set[str]]:
    """What each node built, from buildx's own records of builds: node -> targets."""
    nodes = (Path(machine["BUILDX_CONFIG"]) / "refs" / name).iterdir()
    return {node.name: {json.loads(record.read_text())["Target"] for record in node.iterdir()} for node in nodes}


def builders(machine: Mapping[str, str]) -> set[str]:
    """The builders that buildx has records of."""
    return {record.name for record in (Path(machine["BUILDX_CONFIG"]) / "instances").iterdir()}


def up(shop: Shop, machine: Mapping[str, str]) -> Any:
    ran = buildtool("builder", "up", "--json", cwd=shop.folder, env=machine)
    assert ran.code == 0, ran
    return ran.document


def test_a_push_makes_the_builder_and_builds_each_image_on_its_own_node(
    shop: Shop, machine: Mapping[str, str], nodes: list[str]
) -> None:
    ran = buildtool("push", "--json", cwd=shop.folder, env=machine)
    assert ran.code == 0, ran
    assert f"for linux/arm64 (native) on {nodes[1]}" in ran.stderr
    assert f"for linux/amd64 (native) on {nodes[0]}" in ran.stderr
    shown = buildtool("builder", "show", "--json", cwd=shop.folder, env=machine).document
    assert shown["fits"]
    name = shown["name"]
    assert built_on(machine, name) == {f"{name}-0": {"api"}, f"{name}-1": {"web"}}
    for image, architecture in (("web", "arm64"), ("api", "amd64")):
        assert registry_view.config(shop.registry, image, ran.document["tag"])["architecture"] == architecture


def test_the_nodes_know_what_they_built(shop: Shop, machine: Mapping[str, str], nodes: list[str]) -> None:
    """From BuildKit's own cache of each node: the step that ran there and nowhere else."""
    shop.write("web/Dockerfile", DOCKERFILE.replace("RUN uname -m", "RUN echo by-the-arm-node; uname -m"))
    shop.write("api/Dockerfile", DOCKERFILE.replace("RUN uname -m", "RUN echo by-the-amd-node; uname -m"))
    shop.commit("steps with names")
    assert buildtool("build", cwd=shop.folder, env=machine).code == 0
    for address, mine, other in zip(nodes, ("amd", "arm"), ("arm", "amd"), strict=True):
        alone = {**machine, "BUILDX_CONFIG": f"{machine['BUILDX_CONFIG']}-{mine}"}
        assert buildx(alone, "create", "--name=one", "--driver=remote", address).returncode == 0
        used = buildx(alone, "du", "--verbose", "--builder=one").stdout
        assert f"by-the-{mine}-node" in used
        assert f"by-the-{other}-node" not in used


def test_up_is_done_once(shop: Shop, machine: Mapping[str, str], nodes: list[str]) -> None:
    first, second = up(shop, machine), up(shop, machine)
    assert first == second
    assert first["status"] == "running"
    assert [node["endpoint"] for node in first["nodes"]] == nodes
    runs = [{one["platform"]: one["runs"] for one in node["platforms"]} for node in first["nodes"]]
    assert (runs[0]["linux/amd64"], runs[1]["linux/arm64"]) == ("native", "native")
    assert buildx(machine, "ls").stdout.count("buildtool-") == 3, "one builder of two nodes"
    assert f"{first['name']}*" not in buildx(machine, "ls").stdout, "what docker has selected stays selected"


def test_two_in_the_same_second_do_not_disturb_each_other(shop: Shop, machine: Mapping[str, str]) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: up(shop, machine), range(4)))
    assert all(one == found[0] for one in found)
    assert len(found[0]["nodes"]) == 2


def test_a_changed_registry_setting_makes_another_builder(
    shop: Shop, machine: Mapping[str, str], nodes: list[str]
) -> None:
    first = up(shop, machine)["name"]
    text = (shop.folder / "buildtool.toml").read_text()
    shop.write("buildtool.toml", text.replace("insecure = true", "insecure = false"))
    shown = buildtool("builder", "show", "--json", cwd=shop.folder, env=machine)
    assert (shown.code, shown.document["status"], shown.document["old"]) == (3, "missing", [first])
    second = up(shop, machine)["name"]
    assert second != first
    assert builders(machine) == {first, second}
    down = buildtool("builder", "down", "--json", cwd=shop.folder, env=machine)
    assert down.code == 0, down
    assert {one["name"]: one["removed"] for one in down.document["builders"]} == {first: True, second: True}
    assert builders(machine) == set()


def test_two_runners_with_other_settings_at_once(
    shop: Shop, machine: Mapping[str, str], nodes: list[str], tmp_path: Path
) -> None:
    """One user, two clones, other nodes: both push, each on its own builder, and `down` of one leaves the other's."""
    other = Shop(tmp_path / "other", f"{shop.registry}/other", shop.contexts)  # else one commit overtakes the other
    head, first, second = table(*nodes).split("[[builder.nodes]]\n")
    other.configure(top=f"{head}[[builder.nodes]]\n{second}[[builder.nodes]]\n{first}")
    other.commit("the same machines, in another order")
    with ThreadPoolExecutor(2) as pool:
        ran = list(pool.map(lambda one: buildtool("push", cwd=one.folder, env=machine), (shop, other)))
    assert [one.code for one in ran] == [0, 0], ran
    names = [
        buildtool("builder", "show", "--json", cwd=one.folder, env=machine).document["name"] for one in (shop, other)
    ]
    assert names[0] != names[1]
    assert all(set().union(*built_on(machine, name).values()) == {"web", "api"} for name in names)
    assert buildtool("builder", "down", cwd=shop.folder, env=machine).code == 0
    assert builders(machine) == {names[1]}


def test_a_builder_that_builds_is_not_removed(shop: Shop, machine: Mapping[str, str]) -> None:
    """First by a push of buildtool, then by docker buildx alone, which takes no lock of ours."""
    name = up(shop, machine)["name"]
    for one in ("web", "api"):
        shop.write(f"{one}/Dockerfile", SLOW)
    shop.commit("slow")
    with ThreadPoolExecutor(1) as pool:
        push = pool.submit(buildtool, "push", cwd=shop.folder, env=machine)
        left = _left(shop, machine, "is using it")
        assert push.result().code == 0, push.result()
    assert left.code == 3
    with ThreadPoolExecutor(1) as pool:
        arguments = ["--builder", name, "--platform=linux/amd64", "--no-cache", "--output=type=cacheonly"]
        context = f"--build-context=busybox:1.37={shop.contexts['busybox:1.37']}"
        build = pool.submit(buildx, machine, "build", *arguments, context, f"{shop.folder}/api")
        left = _left(shop, machine, "it is building")
        assert build.result().returncode == 0, build.result()
    assert left.code == 3
    assert buildtool("builder", "down", cwd=shop.folder, env=machine).code == 0


def _left(shop: Shop, machine: Mapping[str, str], words: str) -> Ran:
    """`builder down` as soon as a build holds records of the cache."""
    (name,) = builders(machine)
    used = ""
    for _ in range(200):
        used = buildx(machine, "du", "--verbose", "--builder", name).stdout
        if records_in_use(used):
            break
        time.sleep(0.05)
    ran = buildtool("builder", "down", cwd=shop.folder, env=machine)
    assert words in ran.stdout, f"{ran}\n{used}"
    assert builders(machine) == {name}
    return ran


def test_a_node_that_does_not_answer_is_named(shop: Shop, machine: Mapping[str, str], nodes: list[str]) -> None:
    shop.configure(top=table(nodes[0], "unix:///nothing/listens.sock"))
    shop.commit("a machine that is off")
    ran = buildtool("builder", "show", cwd=shop.folder, env=machine)
    assert ran.code == 3
    assert "is not there yet" in ran.stdout
    ran = buildtool("push", cwd=shop.folder, env=machine)
    assert ran.code == 11, ran
    assert "unix:///nothing/listens.sock" in ran.stderr
    assert registry_view.tags(shop.registry, "web") == registry_view.tags(shop.registry, "api") == set()


def test_a_named_builder_that_is_another_one_is_used_and_said(
    shop: Shop, machine: Mapping[str, str], nodes: list[str]
) -> None:
    assert buildx(machine, "create", "--name=farm", "--driver=remote", nodes[0]).returncode == 0
    ran = buildtool("build", "api", cwd=shop.folder, env={**machine, "BUILDX_BUILDER": "farm"})
    assert ran.code == 0, ran
    assert f"builder farm has no node {nodes[1]}" in ran.stderr
    assert "buildtool-" not in buildx(machine, "ls").stdout, "none was made"
    shown = buildtool("builder", "show", "--json", cwd=shop.folder, env={**machine, "BUILDX_BUILDER": "farm"})
    assert (shown.code, shown.document["name"], shown.document["made_by_buildtool"]) == (3, "farm", False)
    down = buildtool("builder", "down", cwd=shop.folder, env={**machine, "BUILDX_BUILDER": "farm"})
    assert down.code == 0, down
    assert "farm" in buildx(machine, "ls").stdout, "it is not buildtool's"


def test_what_emulation_cost_last_time(shop: Shop, machine: Mapping[str, str], nodes: list[str]) -> None:
    """On one node arm64 is emulated: the second plan says for how long the steps of the first build ran."""
    shop.configure(top=table(nodes[0]))
    shop.write("web/Dockerfile", SLOW)
    shop.commit("one machine")
    first = buildtool("build", "web", cwd=shop.folder, env=machine)
    assert first.code == 0, first
    assert "for linux/arm64 (emulated)\n" in first.stderr, "nothing was measured yet"
    second = buildtool("build", "web", cwd=shop.folder, env=machine)
    assert "for linux/arm64 (emulated, its steps took " in second.stderr
    third = buildtool("build", "web", cwd=shop.folder, env={**machine, "XDG_CACHE_HOME": "/proc/nothing"})
    assert "for linux/arm64 (emulated)\n" in third.stderr, "another user has measured nothing"
