"""`buildtool build` with a real engine, and no registry anywhere."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from tests.support.buildtool import buildtool
from tests.support.shop import NATIVE, Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.buildtool import Ran

pytestmark = pytest.mark.engine

NOWHERE = "127.0.0.1:1"  # nothing listens there
BOTH = ["linux/amd64", "linux/arm64"]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of the command, which has to be empty in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "tiny", NOWHERE, {}, tiny=True)


@pytest.fixture
def loaded(engine: Mapping[str, str]) -> Iterator[list[str]]:
    """The names of images to take out of the engine at the end."""
    names: list[str] = []
    yield names
    if names:
        docker(engine, "image", "rm", *names)


def docker(engine: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        ["docker", *arguments], env={**os.environ, **engine}, capture_output=True, text=True, check=True
    )
    return done.stdout


def build(shop: Shop, engine: Mapping[str, str], *arguments: str, **more: str) -> Ran:
    return buildtool("build", *arguments, cwd=shop.folder, env={**engine, **more})


def config_of(layout: Path) -> dict[str, object]:
    """The config of the one platform of a layout."""
    [entry] = json.loads((layout / "index.json").read_text())["manifests"]
    manifest = blob(layout, entry["digest"])
    return blob(layout, manifest["config"]["digest"])


def blob(layout: Path, digest: str) -> dict:  # type: ignore[type-arg]  # any JSON
    return json.loads((layout / "blobs" / digest.replace(":", "/")).read_text())  # type: ignore[no-any-return]


def test_a_runner_is_told(tiny: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    files = {"GITHUB_OUTPUT": str(tmp_path / "outputs"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    ran = build(tiny, engine, "api", "--json", GITHUB_ACTIONS="true", **files)
    assert ran.code == 0, ran
    marks = re.findall(r"^::group::[A-Z][a-z]+|^::endgroup::$|^Plan$", ran.stderr, re.MULTILINE)
    opened = ["::group::Preflight", "::endgroup::", "Plan", "::group::Build", "::endgroup::", "::group::Prove"]
    assert marks == [*opened, "::endgroup::"]
    _, line, _ = (tmp_path / "outputs").read_text().splitlines()
    assert json.loads(line) == ran.document
    assert "## Built and proven, nothing published" in (tmp_path / "summary").read_text()


def test_without_a_registry_and_a_login(tiny: Shop, engine: Mapping[str, str], tmp_path: Path, temporary: Path) -> None:
    """Neither the registry of the file nor that of the environment is there; the login helper tells of each call."""
    helper = tmp_path / "bin" / "docker-credential-telltale"
    helper.parent.mkdir()
    helper.write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\nexit 1\n")
    helper.chmod(0o755)
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "config.json").write_text('{"credsStore": "telltale"}')
    ran = build(
        tiny,
        engine,
        "--json",
        DOCKER_CONFIG=str(tmp_path / "docker"),
        PATH=f"{helper.parent}:{os.environ['PATH']}",
        BUILDTOOL_REGISTRY="registry.invalid:5000",
    )
    assert ran.code == 0, ran
    assert not (tmp_path / "asked").exists()
    document = ran.document
    assert {key: document[key] for key in ("schema", "branch", "dirty", "output", "warnings")} == {
        "schema": "buildtool.build/v1",
        "branch": "main",
        "dirty": False,
        "output": None,
        "warnings": [],
    }
    assert document["revision"] == tiny.git("rev-parse", "HEAD")
    assert {image["image"]: image["platforms"] for image in document["images"]} == {"web": [NATIVE], "api": [NATIVE]}
    assert {(image["status"], image["layout"], image["loaded"]) for image in document["images"]} == {
        ("built", None, None)
    }
    assert list(temporary.iterdir()) == []


@pytest.mark.arm64
@pytest.mark.usefixtures("arm64")
def test_two_platforms_proven_from_the_layout(
    tmp_path: Path, engine: Mapping[str, str], base_contexts: Mapping[str, str]
) -> None:
    shop = Shop(tmp_path / "shop", NOWHERE, base_contexts)
    shop.platforms = ('linux/amd64", "linux/arm64', "linux/amd64")
    shop.configure()
    shop.commit("both platforms")
    out = tmp_path / "out"
    ran = build(shop, engine, "--json", "--output", str(out))
    assert ran.code == 0, ran
    web, api = ran.document["images"]
    assert (web["platforms"], api["platforms"]) == (BOTH, ["linux/amd64"])
    [entry] = json.loads((out / "web" / "index.json").read_text())["manifests"]
    assert entry["digest"] == web["digest"]
    children = blob(out / "web", web["digest"])["manifests"]
    assert [child["platform"]["architecture"] for child in children] == ["amd64", "arm64"]
    assert config_of(out / "api")["architecture"] == "amd64"
    labels = config_of(out / "api")["config"]["Labels"]  # type: ignore[index]
    assert labels["org.opencontainers.image.revision"] == shop.git("rev-parse", "HEAD")
    assert labels["org.opencontainers.image.version"] == ran.document["tag"]
    assert json.loads((out / "buildtool-build.json").read_text()) == ran.document


@pytest.mark.arm64
@pytest.mark.usefixtures("arm64")
def test_a_program_of_another_platform_is_found_out(
    tmp_path: Path, engine: Mapping[str, str], base_contexts: Mapping[str, str], temporary: Path
) -> None:
    shop = Shop(tmp_path / "shop", NOWHERE, base_contexts)
    text = (shop.folder / "web" / "Dockerfile").read_text()
    shop.write("web/Dockerfile", text.replace("FROM busybox", "FROM --platform=linux/amd64 busybox"))
    shop.commit("the wrong platform")
    ran = build(shop, engine, "--output", str(tmp_path / "out"))
    assert ran.code == 15, ran
    assert re.search(r"web: platform linux/arm64 was asked for, but \S*/busybox, which the image starts", ran.stderr), (
        ran
    )
    assert "nothing was kept" in ran.stderr
    assert not (tmp_path / "out").exists()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
    assert list(temporary.iterdir()) == []


def test_uncommitted_files_are_built_and_named(tiny: Shop, engine: Mapping[str, str]) -> None:
    tiny.write("api/index.txt", "changed")
    ran = build(tiny, engine, "api", "--json")
    assert ran.code == 0, ran
    assert (ran.document["dirty"], "-dirty-" in ran.document["tag"]) == (True, True)
    assert ran.document["warnings"] == ["the work tree has uncommitted changes: they are in the images"]


def test_loaded_images_are_the_proven_ones(tiny: Shop, engine: Mapping[str, str], loaded: list[str]) -> None:
    ran = build(tiny, engine, "--load", "--json")
    assert ran.code == 0, ran
    images = ran.document["images"]
    loaded += [image["loaded"] for image in images]
    assert loaded == [f"{NOWHERE}/{name}:{ran.document['tag']}" for name in ("web", "api")]
    labels = [docker(engine, "image", "inspect", "--format", "{{json .Config.Labels}}", name) for name in loaded]
    assert {json.loads(one)["org.opencontainers.image.revision"] for one in labels} == {ran.document["revision"]}


def test_the_folder_holds_the_last_run_alone(tiny: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert build(tiny, engine, "--output", str(out)).code == 0
    assert build(tiny, engine, "api", "--output", str(out)).code == 0
    assert sorted(path.name for path in out.iterdir()) == ["api", "buildtool-build.json"]
    (out / "mine").touch()
    ran = build(tiny, engine, "--output", str(out))
    assert ran.code == 2, ran
    assert "it holds mine, which no build left there" in ran.stderr
    assert (out / "api" / "index.json").exists()


def test_a_build_that_fails_changes_nothing(tiny: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert build(tiny, engine, "api", "--output", str(out)).code == 0
    before = (out / "buildtool-build.json").read_text()
    tiny.write("api/Dockerfile", "FROM scratch\nCOPY nothing /\n")
    ran = build(tiny, engine, "api", "--output", str(out))
    assert ran.code == 12, ran
    assert (out / "buildtool-build.json").read_text() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing(
    tmp_path: Path,
    engine: Mapping[str, str],
    base_contexts: Mapping[str, str],
    temporary: Path,
    number: signal.Signals,
) -> None:
    shop = Shop(tmp_path / "shop", NOWHERE, base_contexts)
    shop.write("api/Dockerfile", f"FROM busybox:1.37\nRUN echo now {tmp_path}; sleep 300\n")
    child = subprocess.Popen(
        [sys.executable, "-m", "buildtool", "build", "api", "--output", str(tmp_path / "out"), "--progress", "plain"],
        cwd=shop.folder,
        env={**os.environ, **engine},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stderr is not None
    with child:
        assert any(f"now {tmp_path}" in line for line in child.stderr), "the step never began"
        child.send_signal(number)
        rest = child.stderr.read()
    assert child.returncode == 130, rest
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "out").exists()


def test_a_platform_that_the_builder_lacks(tiny: Shop, engine: Mapping[str, str]) -> None:
    text = (tiny.folder / "buildtool.toml").read_text()
    tiny.write("buildtool.toml", text.replace(f'["{NATIVE}"]', '["linux/s390x"]', 1))
    ran = build(tiny, engine)
    assert ran.code == 11, ran
    assert "cannot build for linux/s390x" in ran.stderr


def test_a_cache_in_the_registry_is_left_out(tiny: Shop, engine: Mapping[str, str]) -> None:
    cache = f'cache_from = ["{NOWHERE}/api:c"]\ncache_to = ["type=registry,ref={NOWHERE}/api:c"]'
    tiny.configure(api=cache, top="[cache]\nenabled = true\n")
    ran = build(tiny, engine, "api", "--progress", "plain")
    assert ran.code == 0, ran
    assert "api:c" not in ran.stderr
