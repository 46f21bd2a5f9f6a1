"""buildx's own records of builders: where they are, and one record (JSON) as values.

A record is `instances/NAME` in buildx's folder: BUILDX_CONFIG, else `buildx` beside docker's configuration.
"""

from __future__ import annotations

import base64
import binascii
import json
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from buildtool.core.build.builder_spec import NodeSpec
from buildtool.core.build.daemon_config import DAEMON_CONFIG
from buildtool.core.image.names import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class StoredBuilder:
    """`nodes` are by their names; `daemon_config` is the buildkitd.toml it was made with, "" for none."""

    driver: str
    nodes: Mapping[str, NodeSpec]
    daemon_config: str


def docker_folder(environment: Mapping[str, str]) -> str:
    """The folder of docker's own configuration."""
    return environment.get("DOCKER_CONFIG") or posixpath.join(environment.get("HOME") or "/", ".docker")


def store_folder(environment: Mapping[str, str]) -> str:
    """The folder that buildx keeps its builders in."""
    return environment.get("BUILDX_CONFIG") or posixpath.join(docker_folder(environment), "buildx")


def records_folder(environment: Mapping[str, str]) -> str:
    return posixpath.join(store_folder(environment), "instances")


def record_path(environment: Mapping[str, str], builder: str) -> str:
    return posixpath.join(records_folder(environment), builder)


def parse_stored(record: str) -> StoredBuilder | None:
    """A record as values; None where it cannot be read."""
    try:
        document = json.loads(record)
        nodes = document["Nodes"]
        return StoredBuilder(
            str(document.get("Driver", "")),
            {str(node.get("Name", "")): _node(node) for node in nodes},
            _daemon_config(nodes),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
        return None


def _node(node: dict[str, Any]) -> NodeSpec:
    platforms = tuple(
        Platform(one["os"], one["architecture"], one.get("variant", "")).normalized()
        for one in node.get("Platforms") or []
    )
    options = {str(name): str(value) for name, value in (node.get("DriverOpts") or {}).items()}
    return NodeSpec(str(node.get("Endpoint", "")), platforms, options)


def _daemon_config(nodes: list[dict[str, Any]]) -> str:
    """The file of the first node that has one."""
    files = [(node.get("Files") or {}).get(DAEMON_CONFIG, "") for node in nodes]
    return base64.b64decode(next((file for file in files if file), "")).decode("utf-8", "replace")
