"""The compose file of the VM, as docker compose itself reads it."""

from __future__ import annotations

import json
import shutil

from buildtool.adapters import process
from tests.support import kube
from tests.support.need import need

FILE = kube.ROOT / "docker-compose.backend.yml"


def test_compose_reads_it_without_a_word() -> None:
    need(shutil.which("docker"), "no docker client: make test sets it up")
    read = process.run(["docker", "compose", "-f", str(FILE), "config", "--format", "json"])
    assert not read.stderr
    (service,) = json.loads(read.stdout)["services"].values()
    assert service["container_name"] == "edwards-backend"
    assert service["image"].startswith("192.168.0.40:5000/backend:")
    assert [(port["target"], port["published"]) for port in service["ports"]] == [(3001, "3001")]
    assert "healthcheck" in service
