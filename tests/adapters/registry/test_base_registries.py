"""The registries of base images: what is asked of whom, and who is told which credentials."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.clock import SystemClock
from buildtool.adapters.registry import RegistryClient
from buildtool.adapters.registry.base_registries import BaseImageRegistries, is_local
from buildtool.cli.output import Output
from buildtool.cli.registry_wiring import RegistryWiring
from buildtool.config import Config, ImageConfig
from buildtool.config.settings import RegistrySettings
from buildtool.core.image.names import Platform, Repository
from buildtool.core.image.reference import parse_reference
from buildtool.core.text.secrets import Secrets
from buildtool.errors import REGISTRY_AUTH, REGISTRY_UNREACHABLE, BuildtoolError
from tests.support.clock import PatientClock
from tests.support.httpserver import Reply, serve
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.images import image, upload
from tests.support.registries.service import service
from tests.support.registries.service_facts import HUB

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.httpserver import Handler, Question
    from tests.support.registries.service import Service

IMAGE = image("a base")
DIGEST = "sha256:" + "a" * 64
OURS = {"BUILDTOOL_REGISTRY_USERNAME": "ours", "BUILDTOOL_REGISTRY_PASSWORD": "our-secret"}


class Asked:
    """A registry that lets nobody in without a password, and notes what it is asked."""

    def __init__(self) -> None:
        self.host = ""
        self.lines: list[str] = []
        self.users: set[str] = set()

    def answer(self, handler: Handler, question: Question) -> None:
        self.lines.append(f"{question.method} {question.target}")
        scheme, _, value = question.headers.get("authorization", "").partition(" ")
        if scheme != "Basic":
            handler.reply(Reply(401, {"WWW-Authenticate": 'Basic realm="x"'}))
            return
        self.users.add(base64.b64decode(value).decode())
        if question.path.endswith("/os/manifests/1"):
            handler.reply(Reply(200, {"Docker-Content-Digest": DIGEST, "Content-Type": "application/json"}))
        else:
            handler.reply(Reply(404))


@pytest.fixture
def registry() -> Iterator[Asked]:
    asked = Asked()
    with serve(asked.answer) as host:
        asked.host = host
        yield asked


def registries(
    host: str, environment: dict[str, str], others: Mapping[str, RegistrySettings] | None = None
) -> BaseImageRegistries:
    """Those of a configuration that publishes to `host`, and has tables for others."""
    config = Config(
        host, {"web": ImageConfig("web", (Platform("linux", "amd64"),))}, Path(), insecure=True, registries=others or {}
    )
    return BaseImageRegistries(RegistryWiring(config, environment, Output(Secrets()), SystemClock()).for_bases)


def test_the_registry_of_the_push_is_asked_as_the_push_asks_it(registry: Asked) -> None:
    found = registries(registry.host, OURS)
    assert found.digest(parse_reference(f"{registry.host}/os:1")) == DIGEST
    assert found.digest(parse_reference(f"{registry.host}/os:2")) is None
    assert registry.users == {"ours:our-secret"}
    assert registry.lines[0] == "HEAD /v2/os/manifests/1", "a HEAD, which Docker Hub does not count as a pull"


def test_the_credentials_of_the_push_go_to_no_other_registry(registry: Asked, tmp_path: Path) -> None:
    found = registries("r.example", OURS)
    with pytest.raises(BuildtoolError):
        found.digest(parse_reference(f"{registry.host}/os:1"))
    assert registry.users == set()
    login = base64.b64encode(b"theirs:their-secret").decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {registry.host: {"auth": login}}}))
    found = registries("r.example", {**OURS, "DOCKER_CONFIG": str(tmp_path)})
    assert found.digest(parse_reference(f"{registry.host}/os:1")) == DIGEST
    assert registry.users == {"theirs:their-secret"}


def test_a_registry_with_a_table_of_its_own_is_asked_with_its_own_login(registry: Asked) -> None:
    named = {"BASES_USER": "theirs", "BASES_PASSWORD": "their-secret"}
    table = RegistrySettings(insecure=True, username_env="BASES_USER", password_env="BASES_PASSWORD")
    found = registries("r.example", {**OURS, **named}, {registry.host: table})
    assert found.digest(parse_reference(f"{registry.host}/os:1")) == DIGEST
    assert registry.users == {"theirs:their-secret"}
    with pytest.raises(BuildtoolError):
        registries("r.example", named, {registry.host: RegistrySettings(insecure=False)}).digest(
            parse_reference(f"{registry.host}/os:1")
        )


def test_a_registry_that_does_not_answer(registry: Asked) -> None:
    with pytest.raises(BuildtoolError) as caught:
        registries(registry.host, {}).digest(parse_reference("127.0.0.1:1/os:1"))
    assert caught.value.kind is REGISTRY_UNREACHABLE
    assert registry.lines == []


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("localhost:5000", True),
        ("127.0.0.1:5000", True),
        ("127.8.8.8", True),
        ("[::1]:5000", True),
        ("192.168.0.40:5000", False),
        ("docker.io", False),
        ("localhost.example", False),
        ("127.0.0.1.example:80", False),
    ],
)
def test_what_is_on_this_machine(host: str, *, local: bool) -> None:
    assert is_local(host) is local


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Service]:
    program = debian_registry()
    need(program, "distribution 2.8 is not installed (Debian: apt-get install docker-registry)")
    with (
        distribution(str(program), tmp_path / "behind") as behind,
        service(HUB, behind.host, tmp_path / "tls") as made,
    ):
        with RegistryClient(behind.host, insecure=True, clock=PatientClock(), secrets=Secrets()) as there:
            upload(there, Repository(behind.host, "library/nginx"), IMAGE, "1.27")
        yield made


def test_base_images_of_docker_hub(hub: Service, tmp_path: Path) -> None:
    """An official one needs no login; one of somebody else is refused, and nothing is begun there to find out more."""
    login = base64.b64encode(f"{HUB.user}:{HUB.password}".encode()).decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"https://index.docker.io/v1/": {"auth": login}}}))
    outside = {**hub.places.environment(), "SSL_CERT_FILE": str(hub.ca)}
    assert registries("r.example", outside).digest(parse_reference("nginx:1.27")) == IMAGE.manifest.digest
    logged_in = registries("r.example", {**outside, "DOCKER_CONFIG": str(tmp_path)})
    assert logged_in.digest(parse_reference("docker.io/library/nginx:1.27")) == IMAGE.manifest.digest
    with pytest.raises(BuildtoolError) as caught:
        logged_in.digest(parse_reference("others/app:1"))
    assert caught.value.kind is REGISTRY_AUTH
    assert not [line for line in hub.lines() if " POST " in line or "push" in line]
