from __future__ import annotations

import base64
import json

import pytest

from buildtool.core.build.builder_view import parse_view, registries_in, stored_config
from buildtool.core.image.names import Platform

# As buildx 0.13 and newer ones print it.
DOCKER = """\
Name:          default
Driver:        docker
Last Activity: 2026-11-23 05:00:51 +0000 UTC

Nodes:
Name:             default
Endpoint:         default
Status:           running
BuildKit version: v0.0.0+unknown
Platforms:        linux/amd64, linux/amd64/v2, linux/arm64
Labels:
 org.mobyproject.buildkit.worker.hostname:             vm
"""
FARM = """\
Name:   farm
Driver: docker-container

Nodes:
Name:      farm0
Endpoint:  unix:///var/run/docker.sock
Status:    running
BuildKit:  v0.21.0
Platforms: linux/amd64*, linux/386

Name:      farm1
Endpoint:  ssh://pi@192.168.0.41
Error:     no route to host
"""
DOWN = """\
Name:          default
Driver:        
Error:         Cannot connect to the Docker daemon at unix:///nothing. Is the docker daemon running?
"""  # noqa: W291 -- as printed


def test_the_builder_of_an_engine() -> None:
    view = parse_view(DOCKER)
    assert (view.name, view.driver, view.running, view.problem) == ("default", "docker", True, "")
    assert Platform("linux", "arm64") in view.platforms


def test_every_node_counts() -> None:
    view = parse_view(FARM)
    assert [(node.name, node.status, node.error) for node in view.nodes] == [
        ("farm0", "running", ""),
        ("farm1", "", "no route to host"),
    ]
    assert view.nodes[0].buildkit == "v0.21.0"
    assert view.problem == "no route to host"
    assert view.platforms == {Platform("linux", "amd64"), Platform("linux", "386")}


def test_an_engine_that_is_down() -> None:
    view = parse_view(DOWN)
    assert view.driver == ""
    assert view.problem == view.error
    assert view.error.startswith("Cannot connect")
    assert not view.running


@pytest.mark.parametrize(
    "text", ["", "Nodes:\n", "\x00\xff", "Name:\n\nNodes:\nName:", "Nodes:\nPlatforms: /, a/b/c/d/e"]
)
def test_any_text_is_read(text: str) -> None:
    assert parse_view(text).platforms == frozenset()


def test_what_a_builder_was_made_with() -> None:
    text = '[registry."192.168.0.40:5000"]\nhttp = true\n'
    files = {"buildkitd.toml": base64.b64encode(text.encode()).decode()}
    assert stored_config(json.dumps({"Nodes": [{"Name": "a", "Files": None}, {"Name": "b", "Files": files}]})) == text
    assert stored_config('{"Nodes": [{"Name": "a"}]}') == ""


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"Nodes": 3}', '{"Nodes": [3]}', '{"Nodes": [{"Files": {"buildkitd.toml": 3}}]}', "[" * 9999],
)
def test_a_record_that_is_none(text: str) -> None:
    assert stored_config(text) is None


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ('[registry."a:1"]\nhttp = true\n[registry."b"]\ninsecure = true\n', {"a:1": True, "b": False}),
        ("debug = true", {}),
        ("registry = 1", {}),
        ("[registry]\na = 1", {"a": False}),
        ("not toml", {}),
    ],
)
def test_registries_of_a_buildkitd_toml(config: str, expected: dict[str, bool]) -> None:
    assert registries_in(config) == expected
