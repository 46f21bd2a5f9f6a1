"""The site's Dockerfiles and compose file with docker alone: built by bake, run as cluster and VM run them."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from realparts import processes
from tests.support.need import need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.support.parts import Registries

ROOT = Path(__file__).parents[2]
VERSION = "master-abc1234-1700000000"
REVISION = "abc1234" + "0" * 33
PLATFORMS = {"frontend": "linux/arm64", "backend": "linux/amd64"}
LOCKED_DOWN = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]

pytestmark = [pytest.mark.engine, pytest.mark.arm64, pytest.mark.usefixtures("arm64")]


@dataclass(frozen=True)
class Docker:
    environment: Mapping[str, str]

    def __call__(self, *arguments: str, text: str = "") -> str:
        argv = ["docker", *arguments]
        env = {**os.environ, **self.environment}
        done = subprocess.run(argv, env=env, input=text, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@dataclass(frozen=True)
class Built:
    """The published images by name, as repository@digest, and what buildx said while building them."""

    images: dict[str, str]
    log: str


@pytest.fixture(scope="module")
def docker(engine: Mapping[str, str]) -> Docker:
    return Docker(engine)


@pytest.fixture(scope="module")
def built(
    docker: Docker,
    registry_server: Registries,
    base_contexts: Mapping[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Built:
    address = registry_server().address
    targets = {name: target(name, f"{address}/{name}:unproven", base_contexts) for name in PLATFORMS}
    metadata = tmp_path_factory.mktemp("bake") / "metadata.json"
    argv = ["docker", "buildx", "bake", "--file", "-", "--progress", "plain", "--metadata-file", str(metadata)]
    definition = json.dumps({"group": {"default": {"targets": list(targets)}}, "target": targets})
    env = {**os.environ, **docker.environment}
    done = subprocess.run([*argv, *targets], env=env, input=definition, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(metadata.read_text(encoding="utf-8"))
    images = {name: f"{address}/{name}@{told[name]['containerimage.digest']}" for name in targets}
    return Built(images, done.stderr)


def target(name: str, tag: str, contexts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "context": str(ROOT),
        "dockerfile": f"Dockerfile.{name}",
        "platforms": [PLATFORMS[name]],
        "contexts": dict(contexts),
        "tags": [tag],
        "args": {"VERSION": VERSION, "REVISION": REVISION},
        "output": ["type=image,push=true,registry.insecure=true"],
        "attest": ["type=provenance,disabled=true"],
    }


@pytest.fixture
def run(docker: Docker, built: Built) -> Iterator[Callable[..., Container]]:
    """Runs one of the images, locked down, until the test ends."""
    started: list[str] = []

    def start(name: str, port: int, path: str, *options: str) -> Container:
        options = ("--detach", "--pull", "always", "--platform", PLATFORMS[name], *LOCKED_DOWN, *options)
        started.append(docker("run", *options, "--publish", f"127.0.0.1::{port}", built.images[name]))
        container = Container(docker, started[-1], port)
        assert processes.wait_for(lambda: container.answers(path), 90), docker("logs", started[-1])
        return container

    yield start
    for container in started:
        docker("rm", "--force", container)


@dataclass(frozen=True)
class Container:
    docker: Docker
    name: str
    port: int

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        published = self.docker("port", self.name, f"{self.port}/tcp").split()[0]
        connection = http.client.HTTPConnection("127.0.0.1", int(published.rpartition(":")[2]), timeout=10)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def answers(self, path: str) -> bool:
        try:
            return self.get(path)[0].status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False


def test_nothing_ran_under_emulation(built: Built) -> None:
    """Every RUN of the build is in the stage that runs on the builder's own platform."""
    steps = [line for line in built.log.splitlines() if "] RUN " in line]
    assert steps
    assert all("[frontend build " in line for line in steps)


def test_each_image_has_the_platform_it_was_asked_for(docker: Docker, built: Built) -> None:
    for name, reference in built.images.items():
        docker("pull", "--quiet", "--platform", PLATFORMS[name], reference)
        found = docker("image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", reference)
        assert found == PLATFORMS[name]


def test_the_frontend_serves_pages_without_root_or_a_writable_disk(run: Callable[..., Container]) -> None:
    frontend = run("frontend", 8080, "/healthz", "--tmpfs", "/tmp:size=32m", "--memory", "96m")
    page, body = frontend.get("/")
    assert b"<title>Home" in body
    assert page.headers["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "/" not in page.headers["Server"]
    assert frontend.get("/projects")[0].status == 200
    missing, body = frontend.get("/no/such/page")
    assert missing.status == 404
    assert b"There is no such page" in body
    assert json.loads(frontend.get("/version.json")[1]) == {"version": VERSION, "revision": REVISION}
    assert frontend.docker("exec", frontend.name, "id", "-u") == "101"


def test_assets_are_kept_for_ever_and_sent_compressed(run: Callable[..., Container]) -> None:
    frontend = run("frontend", 8080, "/healthz", "--tmpfs", "/tmp")
    address = frontend.get("/")[1].decode().partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer, body = frontend.get(address, **{"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css"
    assert b"--accent" in gzip.decompress(body)


def test_the_frontend_stops_gracefully(run: Callable[..., Container]) -> None:
    frontend = run("frontend", 8080, "/healthz", "--tmpfs", "/tmp")
    frontend.docker("stop", frontend.name)
    assert frontend.docker("inspect", "--format", "{{.State.ExitCode}}", frontend.name) == "0"


@pytest.fixture
def project(docker: Docker, built: Built, tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """`docker compose` arguments: the VM's own file, with the image just built and names that cannot collide."""
    name = f"site-{uuid4().hex[:8]}"
    service = {"image": built.images["backend"], "container_name": name, "healthcheck": {"interval": "1s"}}
    file = tmp_path / "override.yml"
    # !override replaces the list of ports instead of adding to it; JSON has no way to say that.
    text = json.dumps(service).removesuffix("}") + ', "ports": !override ["127.0.0.1::3001"]}'
    file.write_text(f'{{"services": {{"backend": {text}}}}}', encoding="utf-8")
    arguments = ("compose", "--project-name", name, "--file", str(ROOT / "docker-compose.backend.yml"))
    yield (*arguments, "--file", str(file))
    docker(*arguments, "--file", str(file), "down", "--timeout", "5")


def test_compose_brings_the_backend_up_healthy_and_ends_it_gracefully(docker: Docker, project: tuple[str, ...]) -> None:
    docker(*project, "up", "--detach", "--wait", "--wait-timeout", "120")
    name = docker(*project, "ps", "--quiet")
    health = json.loads(Container(docker, name, 3001).get("/api/health")[1])
    assert (health["status"], health["version"], health["revision"]) == ("ok", VERSION, REVISION)
    assert docker("exec", name, "id", "-u") == "10001"
    docker(*project, "stop")
    assert docker("inspect", "--format", "{{.State.ExitCode}}", name) == "0"
    assert '{"message": "stopped"}' in docker("logs", name)


@pytest.mark.parametrize("name", PLATFORMS)
def test_hadolint_finds_nothing(name: str) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    need(hadolint.exists(), "no hadolint: make venv installs it")
    argv = [str(hadolint), "--config", str(ROOT / ".hadolint.yaml"), str(ROOT / f"Dockerfile.{name}")]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
