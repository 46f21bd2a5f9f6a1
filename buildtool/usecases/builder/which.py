"""Which builder a run uses: one that is named, one that buildtool makes, or the one docker has selected."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from buildtool.core.build.builder import DIGEST_DRIVERS
from buildtool.core.build.builder_spec import BuilderSpec, NodeSpec
from buildtool.core.build.daemon_config import DaemonRegistry
from buildtool.errors import BUILDER_UNUSABLE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from buildtool.config import BuilderNode, Config


@dataclass(frozen=True, slots=True)
class Choice:
    """`name` None is the builder docker has selected.

    `spec` is what buildtool.toml says of it, None where it says nothing. `ours`: buildtool makes it where it is
    missing. `source` is where the choice comes from, for people.
    """

    name: str | None
    spec: BuilderSpec | None
    ours: bool
    source: str
    driver: str | None = None


def choose(config: Config, environment: Mapping[str, str], engine: Callable[[], str]) -> Choice:
    """`builder.name`, then BUILDX_BUILDER, then what `[builder]` describes, then docker's own selection.

    `engine` gives this machine's engine, as an endpoint of buildx. Raises builder-unusable for nodes that are missing.
    """
    said = config.builder
    place = environment.get("KUBECONFIG", "") if said.driver == "kubernetes" else ""
    makes = said.driver in DIGEST_DRIVERS
    spec = BuilderSpec(str(said.driver), _nodes(config), _registries(config), place) if makes else None
    if said.name is not None:
        return Choice(said.name, spec, ours=False, source="builder.name", driver=said.driver)
    if environment.get("BUILDX_BUILDER"):
        return Choice(environment["BUILDX_BUILDER"], spec, ours=False, source="BUILDX_BUILDER", driver=said.driver)
    if spec is None:
        return Choice(None, None, ours=False, source="docker's selection", driver=said.driver)
    complete = spec if spec.nodes else replace(spec, nodes=(_only_node(config, engine),))
    return Choice(complete.name, complete, ours=True, source="[builder]", driver=said.driver)


def _only_node(config: Config, engine: Callable[[], str]) -> NodeSpec:
    """The node of a configuration that names none."""
    driver, options = config.builder.driver, dict(config.builder.options)
    if driver == "remote":
        message = '[builder] says driver = "remote", and no node says where a buildkitd listens'
        fix = 'add [[builder.nodes]] with endpoint = "tcp://HOST:1234" to buildtool.toml'
        raise BuildtoolError(BUILDER_UNUSABLE, message, fix=fix)
    return NodeSpec("" if driver == "kubernetes" else engine(), (), options)


def _nodes(config: Config) -> tuple[NodeSpec, ...]:
    return tuple(
        NodeSpec(node.endpoint, node.platforms, {**config.builder.options, **node.options, **_files(config, node)})
        for node in config.builder.nodes
    )


def _files(config: Config, node: BuilderNode) -> dict[str, str]:
    """Certificates by absolute paths, which buildx asks for."""
    given = {"cacert": node.cacert, "cert": node.cert, "key": node.key}
    return {name: os.path.normpath(config.root.absolute() / path) for name, path in given.items() if path is not None}


def _registries(config: Config) -> dict[str, DaemonRegistry]:
    """What is said of each registry; that the images' own ones speak HTTP is said by `insecure`."""
    said = dict(config.builder.registries)
    for host in filter(config.is_insecure, config.hosts):
        said[host] = replace(said.get(host, DaemonRegistry()), http=True)
    return said
