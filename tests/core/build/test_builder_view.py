from __future__ import annotations

import pytest

from buildtool.core.build.builder_view import parse_view
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


def test_the_order_and_what_a_node_was_made_for() -> None:
    first, second = parse_view(FARM).nodes
    assert first.listed == (Platform("linux", "amd64"), Platform("linux", "386"))
    assert first.fixed == {Platform("linux", "amd64")}
    assert second.listed == ()
    assert parse_view(DOCKER).nodes[0].fixed == frozenset()
