"""The whole command with `registry = "docker.io/…"`: what stands in for Docker Hub is reached as an HTTP proxy reaches it.

The names, the addresses and the certificates are those of every user; nothing but loopback is asked.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import registry_view
from tests.support.buildkitd import remote_builder
from tests.support.buildtool import buildtool
from tests.support.httpserver import Reply
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.service import service
from tests.support.registries.service_facts import HUB
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.buildtool import Ran
    from tests.support.registries.service import Service

pytestmark = [pytest.mark.engine, pytest.mark.go]
LIMITED = {"ratelimit-limit": "100;w=21600", "ratelimit-remaining": "0;w=21600", "docker-ratelimit-source": "203.0.113.7"}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    program = debian_registry()
    need(program, "no docker-registry program: make test installs it")
    folder = tmp_path_factory.mktemp("hub")
    with distribution(str(program), folder / "behind") as behind, service(HUB, behind.host, folder / "tls") as made:
        yield made


@pytest.fixture(scope="module")
def builder(
    tmp_path_factory: pytest.TempPathFactory, engine: Mapping[str, str], hub: Service
) -> Iterator[Mapping[str, str]]:
    outside = {**hub.places.environment(), "SSL_CERT_FILE": str(hub.ca)}
    with remote_builder(tmp_path_factory.mktemp("buildkitd"), engine, outside) as variables:
        yield variables


@pytest.fixture
def shop(tmp_path: Path, hub: Service) -> Shop:
    """Logged in as `docker login` leaves it."""
    entry = {"auth": base64.b64encode(f"{HUB.user}:{HUB.password}".encode()).decode()}
    file = Path(os.environ["DOCKER_CONFIG"], "config.json")
    file.write_text(json.dumps(json.loads(file.read_text()) | {"auths": {"https://index.docker.io/v1/": entry}}))
    hub.limits.clear()
    made = Shop(tmp_path / "shop", "docker.io/team", {}, tiny=True)
    for path in ("buildtool.toml", "deploy/web.yaml", "deploy/api.yaml"):
        text = (made.folder / path).read_text()
        made.write(path, text.replace("insecure = true", "insecure = false").replace("  insecure: true\n", ""))
    made.commit("over HTTPS")
    return made


def run(shop: Shop, env: Mapping[str, str], *arguments: str, code: int = 0) -> Ran:
    ran = buildtool(*arguments, cwd=shop.folder, env=env)
    assert ran.code == code, str(ran)
    assert HUB.password not in ran.stdout + ran.stderr
    return ran


def facts(document: Any, subject: str) -> dict[str, tuple[str, str, str]]:
    found = [fact for fact in document["facts"] if fact["subject"] == subject]
    return {fact["name"]: (fact["state"], fact["evidence"], fact["fix"]) for fact in found}


def test_from_the_first_push_to_the_proof(shop: Shop, hub: Service, builder: Mapping[str, str]) -> None:
    """Neither repository is there before; BuildKit, buildx and our own client all go to the look-alike."""
    tag = run(shop, builder, "push", "--json").document["tag"]
    for name in ("web", "api"):
        assert tag in registry_view.tags(hub.upstream, f"team/{name}")
    verified = run(shop, builder, "verify", "--json").document
    assert verified["ok"] is True
    again = run(shop, builder, "push", "--json").document
    assert again["tag"] == tag or again["images"]
    hosts = {line.split()[0] for line in hub.lines()}
    assert hosts == {"registry-1.docker.io", "auth.docker.io"}
    told = {host for host, question in hub.seen if question.headers.get("authorization", "").startswith("Basic ")}
    assert told == {"auth.docker.io"}
