"""`buildtool push` for real: engine, emulation and registry; and what it leaves there when it refuses."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.support import registry_view
from tests.support.buildtool import buildtool
from tests.support.shop import DOCKERFILE, Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.buildtool import Ran
    from tests.support.parts import Registries

pytestmark = [pytest.mark.engine, pytest.mark.arm64, pytest.mark.usefixtures("arm64")]
TAG = re.compile(r"^main-[0-9a-f]{7}-[0-9]{10}$")


@pytest.fixture
def shop(tmp_path: Path, registry_server: Registries, base_contexts: Mapping[str, str]) -> Iterator[Shop]:
    server = registry_server()
    yield Shop(tmp_path / "shop", server.address, base_contexts)
    server.stop()


def push(shop: Shop, engine: Mapping[str, str], *arguments: str, **env: str) -> Ran:
    return buildtool("push", *arguments, cwd=shop.folder, env={**engine, **env})


def started(shop: Shop, engine: Mapping[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "buildtool", "push", *arguments],
        cwd=shop.folder,
        env={**os.environ, **engine},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def published(shop: Shop) -> dict[str, set[str]]:
    return {name: registry_view.tags(shop.registry, name) for name in ("web", "api")}


def test_one_new_tag_for_each_image_and_nothing_else(shop: Shop, engine: Mapping[str, str]) -> None:
    ran = push(shop, engine, "--json")
    assert ran.code == 0, ran
    tag = ran.document["tag"]
    assert TAG.match(tag)
    assert published(shop) == {"web": {tag}, "api": {tag}}
    web, api = (registry_view.config(shop.registry, name, tag) for name in ("web", "api"))
    assert (web["architecture"], api["architecture"]) == ("arm64", "amd64")
    labels = web["config"]["Labels"]
    assert labels["org.opencontainers.image.revision"] == shop.git("rev-parse", "HEAD")
    assert labels["org.opencontainers.image.version"] == tag
    assert f"SHOP_VERSION={tag}" in web["config"]["Env"]
    manifest = registry_view.manifest(shop.registry, "web", tag)
    assert manifest["annotations"]["org.opencontainers.image.version"] == tag


def test_the_published_images_run(shop: Shop, engine: Mapping[str, str]) -> None:
    """The RUN step really ran on each platform, and so does the image, pulled by its digest."""
    ran = push(shop, engine, "--json")
    assert ran.code == 0, ran
    for image, machine in zip(ran.document["images"], ("aarch64", "x86_64"), strict=True):
        reference = f"{shop.registry}/{image['image']}@{image['digest']}"
        argv = ["docker", "run", "--rm", "--pull=always", f"--platform={image['platforms'][0]}", reference]
        done = subprocess.run(argv, env={**os.environ, **engine}, capture_output=True, text=True, check=False)
        assert done.stdout == f"{machine}\n", done.stderr


def test_what_flux_will_do_is_shown(shop: Shop, engine: Mapping[str, str]) -> None:
    ran = push(shop, engine, "--json")
    assert ran.code == 0, ran
    tag, (web, _) = ran.document["tag"], ran.document["images"]
    assert web["flux"] == {"before": None, "after": tag}
    [change] = ran.document["next_commit"]
    assert (change["path"], change["line"]) == ("deploy/shop.yaml", 10)
    assert change["new"] == f"{shop.registry}/web:{tag}"


def test_unchanged_images_keep_their_tag(shop: Shop, engine: Mapping[str, str]) -> None:
    first = push(shop, engine, "--json").document["tag"]
    shop.write("deploy/shop.yaml", (shop.folder / "deploy/shop.yaml").read_text().replace("0000000-1700000000", "1-2"))
    shop.write("api/index.txt", "new\n")
    shop.commit("what Flux writes, and one image")
    ran = push(shop, engine, "--json")
    assert ran.code == 0, ran
    assert [image["status"] for image in ran.document["images"]] == ["unchanged", "published"]
    assert published(shop) == {"web": {first}, "api": {first, ran.document["tag"]}}
    again = push(shop, engine, "--json")
    assert [image["status"] for image in again.document["images"]] == ["unchanged", "unchanged"]
    forced = push(shop, engine, "--json", "--force")
    assert [image["status"] for image in forced.document["images"]] == ["published", "published"]
    assert forced.document["time"] > ran.document["time"]


def test_a_branch_no_policy_takes(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.git("switch", "--quiet", "--create", "feature/main")
    ran = push(shop, engine)
    assert ran.code == 3
    for words in ("flux-system:web", r"^main-[a-f0-9]{7,40}", "feature-main-", "--no-deploy", "deploy/web.yaml:"):
        assert words in ran.stderr
    assert "Build and push" not in ran.stderr
    assert published(shop) == {"web": set(), "api": set()}


def test_a_branch_no_policy_takes_can_be_published_on_purpose(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.git("switch", "--quiet", "--create", "feature/main")
    ran = push(shop, engine, "--no-deploy", "--json")
    assert ran.code == 0, ran
    assert published(shop)["web"] == {ran.document["tag"]}
    assert ran.document["images"][0]["flux"]["after"] is None


def test_a_registry_that_is_down(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.configure(registry="127.0.0.1:9")
    shop.commit("wrong address")
    ran = buildtool("push", cwd=shop.folder, env=engine, timeout=60)
    assert ran.code == 13
    assert "127.0.0.1:9" in ran.stderr
    assert "Build and push" not in ran.stderr


def test_a_dockerfile_that_fails(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.write("api/Dockerfile", DOCKERFILE.replace("RUN uname -m", "RUN echo before-it-broke; false"))
    shop.commit("broken")
    ran = push(shop, engine)
    assert ran.code == 12
    for words in ("RUN echo before-it-broke; false", "before-it-broke", "Dockerfile:3"):
        assert words in ran.stderr
    assert not {tag for tags in published(shop).values() for tag in tags}


@pytest.mark.parametrize(
    "stage",
    ["FROM --platform=linux/amd64 busybox:1.37", "FROM --platform=linux/amd64 busybox:1.37 AS base\nFROM base"],
)
def test_an_image_of_the_wrong_platform(shop: Shop, engine: Mapping[str, str], stage: str) -> None:
    """BuildKit labels a forced base with the platform that was asked for; the program inside gives it away."""
    shop.write("web/Dockerfile", DOCKERFILE.replace("FROM busybox:1.37", stage))
    shop.commit("forced platform")
    ran = push(shop, engine)
    assert ran.code == 15, ran
    assert "linux/arm64" in ran.stderr
    assert "amd64" in ran.stderr
    assert not {tag for tags in published(shop).values() for tag in tags}


def test_an_older_commit_after_a_newer_one(shop: Shop, engine: Mapping[str, str]) -> None:
    older = shop.git("rev-parse", "HEAD")
    shop.write("web/index.txt", "newer\n")
    newer = shop.commit("newer")
    tag = push(shop, engine, "--json").document["tag"]
    shop.git("checkout", "--quiet", older)
    ran = push(shop, engine, "--branch", "main")
    assert ran.code == 3
    assert older[:12] in ran.stderr
    assert newer[:12] in ran.stderr
    assert published(shop)["web"] == {tag}
    allowed = push(shop, engine, "--branch", "main", "--allow-older", "--json")
    assert allowed.code == 0, allowed
    assert allowed.document["tag"] in published(shop)["web"]


def test_two_pushes_in_one_second_get_two_times(shop: Shop, engine: Mapping[str, str]) -> None:
    runs = [started(shop, engine, "--force", "--json") for _ in range(2)]
    ends = [run.communicate(timeout=240) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], ends
    times = [int(tag.rpartition("-")[2]) for tag in published(shop)["web"]]
    assert len(times) == len(set(times)) == 2


def test_time_grows_though_the_clock_was_set_back(shop: Shop, engine: Mapping[str, str]) -> None:
    """The newest published tag is from a clock an hour ahead of this machine's now."""
    first = push(shop, engine, "--json").document
    ahead = first["time"] + 3600
    later = first["tag"].replace(str(first["time"]), str(ahead))
    registry_view.retag(shop.registry, "web", first["tag"], later)
    ran = push(shop, engine, "--json", "--force")
    assert ran.code == 0, ran
    assert ran.document["time"] == ahead + 1
    assert ran.document["images"][0]["flux"] == {"before": later, "after": ran.document["tag"]}
    assert any("in the future" in warning for warning in ran.document["warnings"])
    assert published(shop)["api"] == {first["tag"], ran.document["tag"]}, "one time for all images of a run"


def test_a_dirty_tree_is_refused_and_can_be_forced_out_of_fluxs_sight(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.write("web/index.txt", "uncommitted\n")
    ran = push(shop, engine)
    assert ran.code == 3
    assert "web/index.txt" in ran.stderr
    forced = push(shop, engine, "--allow-dirty", "--json")
    assert forced.code == 0, forced
    assert "-dirty-" in forced.document["tag"]
    assert forced.document["images"][0]["flux"]["after"] is None
    assert published(shop)["web"] == {forced.document["tag"]}


def test_a_configuration_that_git_ignores_is_said(shop: Shop, engine: Mapping[str, str]) -> None:
    words = "buildtool.toml is ignored by git"
    assert words not in str(push(shop, engine, "--dry-run", "--json").document["warnings"])
    shop.write(".gitignore", "buildtool.toml\n")
    shop.git("rm", "--quiet", "--cached", "buildtool.toml")
    shop.commit("a clone of this has no configuration")
    ran = push(shop, engine, "--dry-run", "--json")
    assert ran.code == 0, ran
    assert words in str(ran.document["warnings"])


def test_a_dry_run_changes_nothing(shop: Shop, engine: Mapping[str, str]) -> None:
    ran = push(shop, engine, "--dry-run")
    assert ran.code == 0, ran
    assert "Flux's next commits change" in ran.stdout
    assert published(shop) == {"web": set(), "api": set()}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted(shop: Shop, engine: Mapping[str, str], number: signal.Signals) -> None:
    shop.write(
        "web/Dockerfile",
        DOCKERFILE.replace("RUN uname -m", f"RUN echo started && : {uuid4()} && sleep 600 && uname -m"),
    )
    shop.commit("slow")
    with started(shop, engine, "--progress=plain") as run:
        assert run.stderr is not None
        assert any(line.strip() == "started" for line in run.stderr)
        run.send_signal(number)
        rest = run.stderr.read()
        assert run.wait(timeout=60) == 130
    assert "interrupted" in rest
    assert "Traceback" not in rest
    assert not {tag for tags in published(shop).values() for tag in tags}
    assert not _running("sleep 600")


def _running(words: str) -> bool:
    """Whether a process with these words goes on; it may take the builder a moment to end one."""
    for _ in range(100):
        found = subprocess.run(["pgrep", "-f", f"^{words}"], capture_output=True, check=False).returncode == 0
        if not found:
            return False
        time.sleep(0.1)
    return True


def test_secrets_show_nowhere(shop: Shop, engine: Mapping[str, str]) -> None:
    """A build secret that a step prints, and credentials, in no output; and never in a process list."""
    canary, password = "canary-4711-build", "canary-0815-password"
    dockerfile = DOCKERFILE.replace(
        "RUN uname", f"RUN --mount=type=secret,id=token cat /run/secrets/token; : {uuid4()}; uname"
    )
    shop.write("web/Dockerfile", dockerfile)
    shop.configure(web='secrets = ["id=token,env=SHOP_TOKEN"]')
    shop.commit("secret")
    credentials = {"BUILDTOOL_REGISTRY_USERNAME": "robot$shop", "BUILDTOOL_REGISTRY_PASSWORD": password}
    metadata = shop.folder.parent / "metadata.json"
    ran = push(shop, engine, "--progress=plain", "--metadata-file", str(metadata), SHOP_TOKEN=canary, **credentials)
    assert ran.code == 0, ran
    assert "***" in ran.stderr, "the step printed it, masked"
    for text in (ran.stdout, ran.stderr, metadata.read_text()):
        assert canary not in text
        assert password not in text


def test_the_metadata_file_is_the_json_document(shop: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    ran = push(shop, engine, "--json", "--metadata-file", str(file))
    assert ran.code == 0, ran
    assert ran.stdout == file.read_text()
