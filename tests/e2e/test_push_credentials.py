"""Pushing to a registry that wants a login: credentials from docker's configuration, or from the environment."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.buildtool import buildtool
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.password import PASSWORD, USER, htpasswd
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.buildtool import Ran
    from tests.support.registries.distribution import Served

pytestmark = [pytest.mark.engine, pytest.mark.arm64, pytest.mark.usefixtures("arm64")]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    program = debian_registry()
    need(program, "no docker-registry program: make test installs it")
    folder = tmp_path_factory.mktemp("closed")
    with distribution(str(program), folder, auth=htpasswd(folder)) as served:
        yield served


@pytest.fixture
def shop(tmp_path: Path, closed: Served, base_contexts: Mapping[str, str]) -> Shop:
    return Shop(tmp_path / "shop", closed.host, base_contexts)


def push(shop: Shop, engine: Mapping[str, str], **env: str) -> Ran:
    return buildtool("push", "-v", "--json", "--force", cwd=shop.folder, env={**engine, **env})


def test_from_the_environment(shop: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    """Our client and buildx both get them, though buildx reads only docker's own configuration."""
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    before = Path(os.environ["DOCKER_CONFIG"], "config.json").read_text()
    ran = push(shop, engine, BUILDTOOL_REGISTRY_USERNAME=USER, BUILDTOOL_REGISTRY_PASSWORD_FILE=str(file))
    assert ran.code == 0, ran
    assert Path(os.environ["DOCKER_CONFIG"], "config.json").read_text() == before
    token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    assert PASSWORD not in ran.stdout + ran.stderr
    assert token not in ran.stdout + ran.stderr


def test_from_docker_login(shop: Shop, engine: Mapping[str, str], closed: Served) -> None:
    file = Path(os.environ["DOCKER_CONFIG"], "config.json")
    token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    file.write_text(json.dumps(json.loads(file.read_text()) | {"auths": {closed.host: {"auth": token}}}))
    ran = push(shop, engine)
    assert ran.code == 0, ran
    assert PASSWORD not in ran.stdout + ran.stderr


@pytest.mark.parametrize("password", ["", "wrong-password-4711"])
def test_refused_before_any_build(shop: Shop, engine: Mapping[str, str], closed: Served, password: str) -> None:
    env = {"BUILDTOOL_REGISTRY_USERNAME": USER, "BUILDTOOL_REGISTRY_PASSWORD": password} if password else {}
    ran = push(shop, engine, **env)
    assert ran.code == 14, ran
    assert closed.host in ran.stderr
    assert "docker login" in ran.stderr
    assert "Build and push" not in ran.stderr
    assert "wrong-password" not in ran.stderr
