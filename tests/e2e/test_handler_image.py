"""The rollback handler as its built arm64 image, run as the cluster runs it: no root, read-only, git by ssh."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from realparts import processes
from tests.support import sshd
from tests.support.alerted_site import KEY, AlertedSite, signature
from tests.support.handler_packages import handler_contexts
from tests.support.sshd import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.parts import Registries

ROOT = Path(__file__).parents[2]
PLATFORM = "linux/arm64"
# As apps/rollback-handler/deployment.yaml has it. The memory limit is left out: an emulator needs more of its own.
CONFINED = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "65534:65534"]
FOLDERS = ["--tmpfs", "/work:uid=65534,gid=65534,mode=0700", "--tmpfs", "/tmp:mode=1777", "--env", "HOME=/work"]

pytestmark = [pytest.mark.engine, pytest.mark.arm64, pytest.mark.usefixtures("arm64")]


@pytest.fixture(scope="module")
def image(
    engine: Mapping[str, str],
    registry_server: Registries,
    base_contexts: Mapping[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    name = f"{registry_server().address}/rollback-handler"
    target = {
        "context": str(ROOT),
        "dockerfile": "Dockerfile.rollback-handler",
        "platforms": [PLATFORM],
        "contexts": handler_contexts(tmp_path_factory.mktemp("packages"), base_contexts),
        "tags": [f"{name}:unproven"],
        "output": ["type=image,push=true,registry.insecure=true"],
        "attest": ["type=provenance,disabled=true"],
    }
    definition = json.dumps({"target": {"handler": target}})
    argv = ["docker", "buildx", "bake", "--file", "-", "--progress", "plain", "handler"]
    done = subprocess.run(
        argv, env={**os.environ, **engine}, input=definition, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return f"{name}:unproven"


class Container:
    """A started one, reached on the host's own network."""

    def __init__(self, engine: Mapping[str, str], *arguments: str) -> None:
        self._environment = {**os.environ, **engine}
        self.port = free_port()
        options = ["run", "--detach", "--pull", "always", "--platform", PLATFORM, "--network", "host"]
        listening = [f"--port={self.port}", "--host=127.0.0.1"]
        self._id = self.docker(*options, *CONFINED, *FOLDERS, *arguments, *listening).stdout.strip()
        assert self._id, "docker run printed no id"

    def docker(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["docker", *arguments], env=self._environment, capture_output=True, text=True, timeout=240, check=False
        )

    @property
    def logs(self) -> subprocess.CompletedProcess[str]:
        return self.docker("logs", self._id)

    def get(self, path: str) -> httpx.Response | None:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=60)
        except httpx.TransportError:
            return None

    def answers(self, path: str) -> bool:
        answer = self.get(path)
        return answer is not None and answer.status_code == 200

    def stop(self) -> int:
        self.docker("stop", "--time", "60", self._id)
        code = int(self.docker("inspect", "--format", "{{.State.ExitCode}}", self._id).stdout)
        self.docker("rm", "--force", self._id)
        return code


@pytest.fixture
def server(tmp_path: Path) -> Iterator[sshd.Sshd]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    with sshd.running(folder, {}) as running:
        running.key.chmod(0o640)  # as a mounted secret: not this user's own file
        yield running


def test_one_rollback_for_a_failed_deployment(
    engine: Mapping[str, str], image: str, registry_server: Registries, server: sshd.Sshd, tmp_path: Path
) -> None:
    site = AlertedSite(tmp_path, registry_server().address)
    a, b = site.deploy("A"), site.deploy("B")
    before = site.tags("web")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "token").write_bytes(KEY)
    for file in (server.key, server.known_hosts):
        (secrets / file.name).write_bytes(file.read_bytes())
    container = Container(
        engine,
        "--group-add=0",
        f"--volume={secrets}:/secrets:ro",
        image,
        f"--remote=ssh://{server.user}@127.0.0.1:{server.port}{site.remote}",
        "--key-file=/secrets/token",
        f"--ssh-key=/secrets/{server.key.name}",
        f"--known-hosts=/secrets/{server.known_hosts.name}",
        "--work=/work",
    )
    try:
        assert processes.wait_for(lambda: container.answers("/readyz"), 240), container.logs
        body = site.alert("web")
        url = f"http://127.0.0.1:{container.port}/"
        assert httpx.post(url, content=body, headers={"X-Signature": "sha256="}, timeout=60).status_code == 401
        answer = httpx.post(url, content=body, headers={"X-Signature": signature(body)}, timeout=60)
        assert answer.status_code == 202
        assert processes.wait_for(lambda: "rolled-back" in container.logs.stdout, 240), container.logs
        page = container.get("/")
        assert page is not None
        assert b in page.text
    finally:
        code = container.stop()
    assert code == 0
    [tag] = {tag for tag in site.tags("web") - before if not tag.startswith("rolled-back-")}
    assert site.digest("web", tag) == site.digest("web", a)
    assert site.tags("web") - before == {tag, f"rolled-back-{b}"}
    site.close()
