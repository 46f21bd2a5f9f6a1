"""The output of `docker buildx inspect` -> a builder, running or not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from buildtool.core.image.names import Platform

_FIELD = re.compile(r"^(Name|Driver|Endpoint|Status|BuildKit(?: version)?|Platforms|Error):[ \t]*(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NodeView:
    """One machine of a builder. `status` is buildx's word: running, inactive, stopped, error.

    `listed` are its platforms as buildx lists them: first those that the node was made for (`fixed`), then those that
    BuildKit says it runs, its own before the emulated ones.
    """

    name: str
    endpoint: str = ""
    status: str = ""
    buildkit: str = ""
    platforms: frozenset[Platform] = frozenset()
    error: str = ""
    listed: tuple[Platform, ...] = ()
    fixed: frozenset[Platform] = frozenset()

    @property
    def running(self) -> bool:
        return self.status == "running"


@dataclass(frozen=True, slots=True)
class BuilderView:
    """`daemon_config` is the buildkitd.toml the builder was made with, "" for none, None where that is not known."""

    name: str
    driver: str
    nodes: tuple[NodeView, ...] = ()
    error: str = ""
    daemon_config: str | None = None

    @property
    def running(self) -> bool:
        return any(node.running for node in self.nodes)

    @property
    def problem(self) -> str:
        """What buildx says is wrong with the builder or, first, with one of its nodes; "" for nothing."""
        return self.error or next((node.error for node in self.nodes if node.error), "")

    @property
    def platforms(self) -> frozenset[Platform]:
        return frozenset(platform for node in self.nodes for platform in node.platforms)


def parse_view(text: str) -> BuilderView:
    """Read what `docker buildx inspect` prints; before "Nodes:" the builder itself, after it each node in turn."""
    head, _, rest = text.partition("\nNodes:")
    top = dict(_FIELD.findall(head))
    nodes = [part for part in re.split(r"^(?=Name:)", rest, flags=re.MULTILINE) if part.startswith("Name:")]
    return BuilderView(
        top.get("Name", ""), top.get("Driver", ""), tuple(map(_node, nodes)), top.get("Error", "").strip()
    )


def _node(text: str) -> NodeView:
    fields = dict(_FIELD.findall(text))
    platforms = fields.get("Platforms", "")
    items = [item.strip() for item in platforms.split(",")]
    return NodeView(
        fields["Name"].strip(),
        fields.get("Endpoint", "").strip(),
        fields.get("Status", "").strip(),
        (fields.get("BuildKit version") or fields.get("BuildKit") or "").strip(),
        Platform.listed(platforms),
        fields.get("Error", "").strip(),
        tuple(platform for item in items for platform in Platform.listed(item)),
        frozenset(platform for item in items if item.endswith("*") for platform in Platform.listed(item)),
    )
