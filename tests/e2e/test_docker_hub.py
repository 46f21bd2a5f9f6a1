"""The whole command with `registry = "docker.io/…"`: a proxy in the environment leads to what stands in for Docker Hub.

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
LIMITED = {
    "ratelimit-limit": "100;w=21600",
    "ratelimit-remaining": "0;w=21600",
    "docker-ratelimit-source": "203.0.113.7",
}


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


def test_what_doctor_says(shop: Shop, builder: Mapping[str, str]) -> None:
    found = facts(buildtool("doctor", "--json", cwd=shop.folder, env=builder).document, "registry")
    assert found["answers"][:2] == ("ok", "https://registry-1.docker.io")
    assert found["login"][:2] == ("ok", f"as {HUB.user}")
    assert found["push"][0] == "ok"
    state, evidence, fix = found["delete"]
    assert state == "warning"
    assert "no tag can be removed" in evidence
    assert fix.endswith("https://hub.docker.com/r/team/web/tags")


def test_a_wrong_password(shop: Shop, hub: Service, builder: Mapping[str, str]) -> None:
    wrong = {"BUILDTOOL_REGISTRY_USERNAME": HUB.user, "BUILDTOOL_REGISTRY_PASSWORD": "wr0ng-passw0rd"}
    ran = run(shop, {**builder, **wrong}, "push", code=14)
    assert "incorrect username or password" in ran.stderr
    assert "docker login docker.io" in ran.stderr
    assert "wr0ng" not in ran.stderr
    assert "Build and push" not in ran.stderr
    assert not [line for line in hub.lines() if "wr0ng" in line]


def test_a_login_from_the_environment_reaches_buildkit(
    shop: Shop, hub: Service, builder: Mapping[str, str], tmp_path: Path
) -> None:
    """Under the key that BuildKit looks for, and not under the name in buildtool.toml."""
    Path(os.environ["DOCKER_CONFIG"], "config.json").write_text("{}")
    (tmp_path / "password").write_text(HUB.password)
    own = {"BUILDTOOL_REGISTRY_USERNAME": HUB.user, "BUILDTOOL_REGISTRY_PASSWORD_FILE": str(tmp_path / "password")}
    tag = run(shop, {**builder, **own}, "push", "web", "--force", "--json").document["tag"]
    assert tag in registry_view.tags(hub.upstream, "team/web")


def test_names_that_nobody_can_push(shop: Shop, builder: Mapping[str, str]) -> None:
    for registry, words in (
        ("docker.io", 'official image of Docker Hub: write registry = "docker.io/NAMESPACE"'),
        ("docker.io/others", "that may read and write others/web"),
    ):
        text = (shop.folder / "buildtool.toml").read_text()
        shop.write("buildtool.toml", text.replace('registry = "docker.io/team"', f'registry = "{registry}"'))
        for name in ("web", "api"):
            flux = (shop.folder / f"deploy/{name}.yaml").read_text()
            shop.write(f"deploy/{name}.yaml", flux.replace("docker.io/team/", f"{registry}/"))
        shop.commit(registry)
        ran = run(shop, builder, "push", "web", code=14)
        assert words in ran.stderr
        assert "Build and push" not in ran.stderr
        shop.git("revert", "--no-edit", "HEAD")


def test_the_limit_of_pulls(shop: Shop, hub: Service, builder: Mapping[str, str]) -> None:
    """Said with its time, at once: neither the six hours nor a minute is waited for."""
    body = b'{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}'
    hub.limits = [Reply(429, LIMITED | {"Retry-After": "5400"}, body)] * 50
    ran = run(shop, builder, "verify", "web", "--tag", "main-abc1234-1707300000", code=13)
    assert "100 requests in 6 h for 203.0.113.7, 0 left; again in 1 h 30 min, from " in ran.stderr
    assert "buildtool explain registry-rate-limit" in ran.stderr
    assert "docker login docker.io" in ran.stderr
    assert len(hub.limits) >= 48, "one request, or two where HEAD has no words"


def test_the_tags_are_read_page_by_page(shop: Shop, hub: Service, builder: Mapping[str, str]) -> None:
    tag = run(shop, builder, "push", "web", "--force", "--json").document["tag"]
    for number in range(120):
        registry_view.retag(hub.upstream, "team/web", tag, f"main-abc1234-1600000{number:03}")
    found = run(shop, builder, "policy", "explain", "web", "--json").document
    assert found["latest"] == tag
    assert [line for line in hub.lines() if "/v2/team/web/tags/list?last=" in line]


def test_nothing_can_be_withdrawn(shop: Shop, hub: Service, builder: Mapping[str, str]) -> None:
    first = run(shop, builder, "push", "web", "--force", "--json").document["tag"]
    shop.write("web/index.txt", "another\n")
    shop.commit("another")
    last = run(shop, builder, "push", "web", "--force", "--json").document["tag"]
    ran = buildtool("rollback", "web", "--to", first, "--withdraw", "--yes", cwd=shop.folder, env=builder)
    assert ran.code == 14, str(ran)
    assert "https://hub.docker.com/r/team/web/tags" in ran.stderr
    assert {first, last} <= registry_view.tags(hub.upstream, "team/web")
