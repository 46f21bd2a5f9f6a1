"""Which registry is told which login, and what the builder gets of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from buildtool.adapters.clock import SystemClock
from buildtool.cli.output import Output
from buildtool.cli.registry_wiring import RegistryWiring
from buildtool.config import Config, ImageConfig
from buildtool.config.settings import RegistrySettings
from buildtool.core.image.names import Platform
from buildtool.core.text.secrets import Secrets

NATIVE = (Platform("linux", "amd64"),)
VARIABLES = {
    "BUILDTOOL_REGISTRY_USERNAME": "ours",
    "BUILDTOOL_REGISTRY_PASSWORD": "our-secret",
    "BASES_USER": "theirs",
    "BASES_PASSWORD": "their-secret",
}
TABLES = {
    "bases.example": RegistrySettings(username_env="BASES_USER", password_env="BASES_PASSWORD"),
    "open.example": RegistrySettings(insecure=True),
}


def wiring(environment: dict[str, str]) -> RegistryWiring:
    images = {"web": ImageConfig("web", NATIVE), "api": ImageConfig("api", NATIVE, registry="other.example/team")}
    config = Config("r.example:5000", images, Path(), insecure=True, registries=TABLES)
    return RegistryWiring(config, environment, Output(Secrets()), SystemClock())


@pytest.mark.parametrize(
    ("host", "user"),
    [
        ("r.example:5000", "ours"),
        ("r.example", None),
        ("other.example", None),
        ("bases.example", "theirs"),
        ("open.example", None),
    ],
)
def test_a_login_from_variables_is_for_one_host(host: str, user: str | None, tmp_path: Path) -> None:
    found = wiring({**VARIABLES, "DOCKER_CONFIG": str(tmp_path)}).login(host)
    assert (found.username if found else None) == user


def test_the_builder_gets_each_login_for_its_own_host(tmp_path: Path) -> None:
    """Also for a registry that holds nothing but base images."""
    (tmp_path / "config.json").write_text('{"auths": {"kept.example": {"auth": "a2VwdDprZXB0"}}}')
    environment = {**VARIABLES, "DOCKER_CONFIG": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    with wiring(environment).docker_login(environment) as given:
        text = (Path(given["DOCKER_CONFIG"]) / "config.json").read_text()
    logins = {host: base64.b64decode(one["auth"]).decode() for host, one in json.loads(text)["auths"].items()}
    assert logins == {
        "kept.example": "kept:kept",
        "r.example:5000": "ours:our-secret",
        "bases.example": "theirs:their-secret",
    }
    assert not Path(given["DOCKER_CONFIG"]).exists()


def test_without_a_login_in_variables_docker_keeps_its_own_configuration(tmp_path: Path) -> None:
    environment = {"DOCKER_CONFIG": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    with wiring(environment).docker_login(environment) as given:
        assert given == environment


@pytest.mark.parametrize(
    ("host", "scheme"),
    [
        ("r.example:5000", "http"),
        ("other.example", "https"),
        ("bases.example", "https"),
        ("open.example", "http"),
        ("127.0.0.1:5000", "http"),
        ("docker.io", "https"),
    ],
)
def test_a_registry_of_base_images_is_asked_as_the_configuration_says(host: str, scheme: str) -> None:
    with wiring({}).for_bases(host) as client:
        assert client.session.base.startswith(f"{scheme}://")
