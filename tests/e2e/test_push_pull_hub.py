"""`[push] pull = true` with a base image of Docker Hub, for which a look-alike stands in behind a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.clock import SystemClock
from buildtool.adapters.registry import RegistryClient
from buildtool.core.image.names import Repository
from buildtool.core.text.secrets import Secrets
from tests.support.buildkitd import remote_builder
from tests.support.buildtool import buildtool
from tests.support.httpserver import Reply
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.images import image, upload
from tests.support.registries.service import service
from tests.support.registries.service_facts import HUB
from tests.support.shop import NATIVE, Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.parts import Registries
    from tests.support.registries.service import Service

pytestmark = [pytest.mark.engine, pytest.mark.go]
BASE = "docker.io/library/os:1"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Service]:
    program = debian_registry()
    need(program, "no docker-registry program: make test installs it")
    with distribution(str(program), tmp_path / "behind") as behind, service(HUB, behind.host, tmp_path / "tls") as made:
        yield made


@pytest.fixture
def builder(tmp_path: Path, engine: Mapping[str, str], hub: Service) -> Iterator[Mapping[str, str]]:
    (tmp_path / "buildkitd").mkdir()
    outside = {**hub.places.environment(), "SSL_CERT_FILE": str(hub.ca)}
    with remote_builder(tmp_path / "buildkitd", engine, outside) as variables:
        yield variables


def move(hub: Service, content: str) -> str:
    """Push another official image behind the look-alike; its digest."""
    with RegistryClient(hub.upstream, insecure=True, clock=SystemClock(), secrets=Secrets()) as client:
        one = image(content, architecture=NATIVE.partition("/")[2])
        return upload(client, Repository(hub.upstream, "library/os"), one, "1").manifest.digest


def test_a_short_name_is_looked_up_at_docker_hub_and_a_limit_is_no_move(
    tmp_path: Path, hub: Service, builder: Mapping[str, str], registry_server: Registries
) -> None:
    old = move(hub, "one")
    server = registry_server()
    shop = Shop(tmp_path / "shop", server.address, {}, tiny=True)
    shop.write("web/Dockerfile", "FROM os:1\nCOPY index.txt /index.txt\n")
    shop.configure(top="[push]\npull = true\n")
    shop.commit("on an official image")
    first = buildtool("push", "web", "--json", cwd=shop.folder, env=builder)
    assert first.code == 0, first
    assert (
        buildtool("push", "web", "--json", cwd=shop.folder, env=builder).document["images"][0]["status"] == "unchanged"
    )

    hub.limits = [Reply(429, {"Retry-After": "5400", "ratelimit-remaining": "0;w=21600"}, b"")] * 20
    limited = buildtool("push", "web", "--json", "--dry-run", cwd=shop.folder, env=builder)
    assert limited.code == 0, limited
    reason = limited.document["images"][0]["reason"]
    assert reason.startswith(f"base {BASE} could not be looked up: ")
    assert limited.document["images"][0]["bases"] == []
    assert len(hub.limits) >= 16, "nobody waits for an hour, or asks again and again"

    hub.limits.clear()
    new = move(hub, "two")
    moved = buildtool("push", "web", "--json", cwd=shop.folder, env=builder)
    assert moved.code == 0, moved
    [web] = moved.document["images"]
    assert (web["status"], web["reason"]) == ("published", f"base {BASE} moved: {old} -> {new}")
    server.stop()
