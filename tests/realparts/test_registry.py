"""The registry that tests and demo push to."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from realparts import registry

if TYPE_CHECKING:
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
