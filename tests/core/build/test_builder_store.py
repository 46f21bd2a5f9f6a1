from __future__ import annotations

import base64
import json

import pytest

from buildtool.core.build.builder_spec import NodeSpec
from buildtool.core.build.builder_store import parse_stored, record_path, store_folder
from buildtool.core.image.names import Platform

TOML = '[registry."192.168.0.40:5000"]\nhttp = true\n'
# As buildx 0.13 writes it.
RECORD = {
    "Name": "farm",
    "Driver": "docker-container",
    "Nodes": [
        {
            "Name": "farm0",
            "Endpoint": "unix:///var/run/docker.sock",
            "Platforms": [
                {"architecture": "amd64", "os": "linux"},
                {"architecture": "arm", "os": "linux", "variant": "v7"},
            ],
            "DriverOpts": {"env.X": "a,b", "image": "moby/buildkit:v0.25.0"},
            "Flags": ["--allow-insecure-entitlement=network.host"],
            "Files": {"buildkitd.toml": base64.b64encode(TOML.encode()).decode()},
        },
        {"Name": "farm1", "Endpoint": "ssh://pi", "Platforms": None, "DriverOpts": None, "Flags": None, "Files": None},
    ],
    "Dynamic": False,
}


def test_a_record() -> None:
    stored = parse_stored(json.dumps(RECORD))
    assert stored is not None
    assert (stored.driver, stored.daemon_config) == ("docker-container", TOML)
    assert stored.nodes == {
        "farm0": NodeSpec(
            "unix:///var/run/docker.sock",
            (Platform("linux", "amd64"), Platform("linux", "arm", "v7")),
            {"env.X": "a,b", "image": "moby/buildkit:v0.25.0"},
        ),
        "farm1": NodeSpec("ssh://pi"),
    }


def test_a_builder_without_a_configuration() -> None:
    stored = parse_stored('{"Nodes": [{"Name": "a"}]}')
    assert stored is not None
    assert stored.daemon_config == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"Nodes": 3}',
        '{"Nodes": [3]}',
        '{"Nodes": [{"Platforms": [3]}]}',
        '{"Nodes": [{"Platforms": [{"os": "linux"}]}]}',
        '{"Nodes": [{"DriverOpts": [1]}]}',
        '{"Nodes": [{"Files": {"buildkitd.toml": 3}}]}',
        '{"Nodes": [{"Files": {"buildkitd.toml": "a"}}]}',
        "[" * 9999,
    ],
)
def test_a_record_that_is_none(text: str) -> None:
    assert parse_stored(text) is None


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"BUILDX_CONFIG": "/b", "DOCKER_CONFIG": "/d", "HOME": "/h"}, "/b"),
        ({"DOCKER_CONFIG": "/d", "HOME": "/h"}, "/d/buildx"),
        ({"HOME": "/h", "BUILDX_CONFIG": ""}, "/h/.docker/buildx"),
        ({}, "/.docker/buildx"),
    ],
)
def test_where_buildx_keeps_builders(environment: dict[str, str], folder: str) -> None:
    assert store_folder(environment) == folder
    assert record_path(environment, "farm") == f"{folder}/instances/farm"
