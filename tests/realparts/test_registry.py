"""The registry that tests and demo push to."""

from __future__ import annotations

import shutil
import subprocess
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from realparts import registry
from tests.support.need import need

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.parts import Registries


def status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return int(answer.status)


def test_each_registry_has_its_own_port_and_answers(registry_server: Registries) -> None:
    first, second = registry_server(), registry_server()
    assert first.address != second.address
    assert status(f"{first.url}/v2/") == status(f"{second.url}/v2/") == 200


def test_a_stopped_registry_is_gone_and_comes_back_at_the_same_address(registry_server: Registries) -> None:
    server = registry_server()
    address = server.address
    server.stop()
    with pytest.raises(urllib.error.URLError):
        status(f"http://{address}/v2/")
    server.start()
    assert server.address == address
    assert status(f"{server.url}/v2/") == 200


def test_settings_reach_the_registry(registry_server: Registries) -> None:
    server = registry_server({"http": {"headers": {"X-Here": ["yes"]}}})
    with urllib.request.urlopen(f"{server.url}/v2/", timeout=5) as answer:
        assert answer.headers["X-Here"] == "yes"


def test_overlay_goes_table_by_table_and_none_takes_away() -> None:
    basis = {"storage": {"delete": {"enabled": True}, "filesystem": {}}, "log": {}}
    top: dict[str, Any] = {"storage": {"delete": {"enabled": False}}, "log": None, "auth": {"htpasswd": {}}}
    assert registry.overlay(basis, top) == {
        "storage": {"delete": {"enabled": False}, "filesystem": {}},
        "auth": {"htpasswd": {}},
    }
    assert basis["log"] == {}


_CONTAINER = """\
FROM python:3.13-slim-trixie
COPY registry /usr/local/bin/registry
ENTRYPOINT ["/usr/local/bin/registry", "serve"]
CMD ["/etc/docker/registry/config.yml"]
"""


@pytest.fixture
def image(
    engine: Mapping[str, str], base_contexts: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """An image like registry:2, from the program that is here."""
    monkeypatch.setenv("DOCKER_HOST", engine["DOCKER_HOST"])
    program = registry.find_program()
    need(program, "no registry program: make test fetches one on Debian")
    shutil.copy(shutil.which(str(program)) or "", tmp_path / "registry")
    (tmp_path / "Dockerfile").write_text(_CONTAINER)
    contexts = [f"--build-context={name}={source}" for name, source in base_contexts.items()]
    tag = f"buildtool-test:{uuid4().hex[:8]}"
    build = ["docker", "buildx", "build", "--quiet", "--load", "--provenance=false", "--tag", tag, *contexts]
    subprocess.run([*build, str(tmp_path)], check=True, capture_output=True)
    yield tag
    subprocess.run(["docker", "rmi", "--force", tag], check=True, capture_output=True)


@pytest.mark.engine
def test_where_there_is_no_program_a_container_serves(
    image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_IMAGE", image)
    server = registry.ContainerRegistry(f"test-{uuid4().hex[:8]}", tmp_path / "parts")
    try:
        server.start()
        address = server.address
        assert status(f"{server.url}/v2/") == 200
        again = registry.ContainerRegistry(server.name, tmp_path / "parts")
        again.start()
        assert again.address == address
    finally:
        server.stop()
    with pytest.raises(urllib.error.URLError):
        status(f"http://{address}/v2/")
