"""The whole command with `registry = "[::1]:PORT"`: a real registry that listens on IPv6 alone, and real pushes."""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import registry_view
from tests.support.buildkitd import remote_builder
from tests.support.buildtool import buildtool
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.password import PASSWORD, USER, htpasswd
from tests.support.registries.tokens import token_server
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.buildtool import Ran

pytestmark = [pytest.mark.engine]


def program() -> str:
    found = debian_registry()
    need(found, "no docker-registry program: make test installs it")
    return str(found)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with distribution(program(), tmp_path_factory.mktemp("ipv6"), ip="::1") as served:
        assert served.host.startswith("[::1]:")
        yield served.host


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory, engine: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    with remote_builder(tmp_path_factory.mktemp("buildkitd"), engine) as variables:
        yield variables


def shop_at(folder: Path, registry: str) -> Shop:
    """A bracket begins a list in YAML: such a name stands in quotes."""
    shop = Shop(folder, registry, {}, tiny=True)
    for path in ("deploy/web.yaml", "deploy/api.yaml", "deploy/shop.yaml"):
        text = (shop.folder / path).read_text()
        shop.write(path, re.sub(r"image: (\[\S+)", r'image: "\1"', text))
    shop.commit("in quotes")
    return shop


def run(shop: Shop, env: Mapping[str, str], *arguments: str, code: int = 0) -> Ran:
    ran = buildtool(*arguments, cwd=shop.folder, env=env)
    assert ran.code == code, str(ran)
    return ran


def test_the_engine_pushes_there_or_says_before_the_build_that_it_does_not(
    tmp_path: Path, address: str, engine: Mapping[str, str]
) -> None:
    """An engine takes 127.0.0.0/8 for HTTP without being told, and ::1 not in every version."""
    shop = shop_at(tmp_path / "shop", address)
    ran = buildtool("push", "--json", cwd=shop.folder, env=engine)
    assert ran.code in (0, 11), str(ran)
    if ran.code:
        assert f'"insecure-registries": ["{address}"]' in ran.stderr
        assert "Build and push" not in ran.stderr
    assert (ran.code == 0) is bool(registry_view.tags(address, "web"))


def test_what_doctor_and_check_say(tmp_path: Path, address: str, engine: Mapping[str, str]) -> None:
    shop = shop_at(tmp_path / "shop", address)
    assert "image-invalid" not in buildtool("check", cwd=shop.folder, env=engine).stdout
    document = buildtool("doctor", "--json", cwd=shop.folder, env=engine).document
    found = {(fact["subject"], fact["name"]): fact for fact in document["facts"]}
    assert found["registry", "answers"]["evidence"] == f"http://{address}"
    assert not [fact for fact in document["facts"] if fact["subject"] == "registry" and fact["state"] == "failed"]


@pytest.mark.go
def test_a_push_and_its_proof(tmp_path: Path, address: str, builder: Mapping[str, str]) -> None:
    shop = shop_at(tmp_path / "shop", address)
    tag = str(run(shop, builder, "push", "--json").document["tag"])
    for name in ("web", "api"):
        assert tag in registry_view.tags(address, name)
    assert run(shop, builder, "verify", "--json").document["ok"] is True
    assert run(shop, builder, "policy", "explain", "web", "--json").document["latest"] == tag


@pytest.mark.go
def test_with_the_login_that_docker_stored(tmp_path: Path, builder: Mapping[str, str]) -> None:
    folder = tmp_path / "closed"
    with distribution(program(), folder, auth=htpasswd(folder), ip="::1") as served:
        shop = shop_at(tmp_path / "shop", served.host)
        refused = run(shop, builder, "push", code=14)
        assert f"docker login {served.host}" in refused.stderr
        entry = {"auth": base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}
        file = Path(os.environ["DOCKER_CONFIG"], "config.json")
        file.write_text(json.dumps(json.loads(file.read_text()) | {"auths": {served.host: entry}}))
        assert run(shop, builder, "push", "--json").document["tag"]


@pytest.mark.go
def test_a_token_service_on_another_address(tmp_path: Path, builder: Mapping[str, str]) -> None:
    """The fix that is named can be written as it stands."""
    with (
        token_server(tmp_path / "tokens") as tokens,
        distribution(program(), tmp_path / "closed", auth=tokens.configuration(), ip="::1") as served,
    ):
        shop = shop_at(tmp_path / "shop", served.host)
        [(user, password)] = tokens.users.items()
        own = {**builder, "BUILDTOOL_REGISTRY_USERNAME": user, "BUILDTOOL_REGISTRY_PASSWORD": password}
        line = f'token_hosts = ["{tokens.address}"]'
        assert line in run(shop, own, "push", code=14).stderr
        shop.configure(top=f"[push]\n{line}\n")
        shop.commit("known")
        assert run(shop, own, "push", "--json").document["tag"]


def test_nothing_listens_there(tmp_path: Path, engine: Mapping[str, str]) -> None:
    shop = shop_at(tmp_path / "shop", "[::1]:9")
    assert "http://[::1]:9/v2/" in run(shop, engine, "push", code=13).stderr
