"""A buildx builder as buildtool makes it: driver, nodes, buildkitd.toml; its name is the hash of all of that.

buildx reuses a builder of a name whatever was asked for, so that another configuration has to have another name.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.build.daemon_config import daemon_config
from buildtool.core.build.local_paths import join_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.build.daemon_config import DaemonRegistry
    from buildtool.core.image.names import Platform

_FORM = 1  # raise it when builders have to be made in another way
_DIGITS = 12
_OURS = re.compile(rf"buildtool-[0-9a-f]{{{_DIGITS}}}")


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """One node. `endpoint` is "" for the driver kubernetes; `platforms` empty: what its BuildKit says."""

    endpoint: str
    platforms: tuple[Platform, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BuilderSpec:
    """`registries` are by `host[:port]`. `place` is where the driver finds its machines without nodes (KUBECONFIG)."""

    driver: str
    nodes: tuple[NodeSpec, ...]
    registries: Mapping[str, DaemonRegistry] = field(default_factory=dict)
    place: str = ""

    @property
    def name(self) -> str:
        """`buildtool-` and 12 hex digits, other ones for every other configuration."""
        nodes = [[node.endpoint, list(map(str, node.platforms)), sorted(node.options.items())] for node in self.nodes]
        registries = daemon_config(self.registries)
        parts = [_FORM, self.driver, nodes, registries, self.place]
        return f"buildtool-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_DIGITS]}"

    def node_name(self, number: int) -> str:
        return f"{self.name}-{number}"

    @property
    def daemon_config(self) -> str:
        """buildkitd.toml for the nodes; "" where there is nothing to say, or buildx does not start the daemon."""
        return daemon_config(self.registries) if self.driver != "remote" else ""


def is_ours(name: str) -> bool:
    """Whether it is a name that `BuilderSpec.name` gives."""
    return _OURS.fullmatch(name) is not None


def create_arguments(spec: BuilderSpec, number: int, config_file: str | None, *, append: bool) -> list[str]:
    """The arguments of `docker buildx create` that make a builder with a node, or `append` a node to it.

    `config_file` is a file with the text of `daemon_config`, None where there is none.
    """
    node = spec.nodes[number]
    arguments = [f"--name={spec.name}", f"--node={spec.node_name(number)}", f"--driver={spec.driver}"]
    arguments += ["--append"] * append
    if node.platforms:
        arguments.append(f"--platform={','.join(map(str, node.platforms))}")
    arguments += [f"--driver-opt={option}" for option in driver_options(node.options)]
    if config_file is not None:
        arguments.append(f"--buildkitd-config={config_file}")
    return arguments + (["--", node.endpoint] if node.endpoint else [])


def driver_options(options: Mapping[str, str]) -> list[str]:
    """`NAME=VALUE`, each quoted as the one line of CSV that buildx reads it as."""
    return [join_fields({name: value}) for name, value in sorted(options.items())]
