"""The output of `docker buildx inspect` and buildx's stored record -> a builder, running or not."""

from __future__ import annotations

import base64
import binascii
import json
import re
import tomllib
from dataclasses import dataclass

from buildtool.core.image.names import Platform

DAEMON_CONFIG = "buildkitd.toml"
_FIELD = re.compile(r"^(Name|Driver|Endpoint|Status|BuildKit(?: version)?|Platforms|Error):[ \t]*(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NodeView:
    """One machine of a builder. `status` is buildx's word: running, inactive, stopped, error."""

    name: str
    endpoint: str = ""
    status: str = ""
    buildkit: str = ""
    platforms: frozenset[Platform] = frozenset()
    error: str = ""


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
        return any(node.status == "running" for node in self.nodes)

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
    return NodeView(
        fields["Name"].strip(),
        fields.get("Endpoint", "").strip(),
        fields.get("Status", "").strip(),
        (fields.get("BuildKit version") or fields.get("BuildKit") or "").strip(),
        Platform.listed(fields.get("Platforms", "")),
        fields.get("Error", "").strip(),
    )


def stored_config(instance: str) -> str | None:
    """buildkitd.toml out of buildx's own record of a builder (`buildx/instances/NAME`, JSON); None if unreadable."""
    try:
        nodes = json.loads(instance)["Nodes"]
        files = [(node.get("Files") or {}).get(DAEMON_CONFIG, "") for node in nodes]
        return base64.b64decode(next((file for file in files if file), "")).decode("utf-8", "replace")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
        return None


def registries_in(daemon_config: str) -> dict[str, bool]:
    """Hosts that a buildkitd.toml names, and whether it reads each over plain HTTP."""
    try:
        tables = tomllib.loads(daemon_config).get("registry", {})
    except (ValueError, RecursionError):
        return {}
    if not isinstance(tables, dict):
        return {}
    return {host: isinstance(table, dict) and table.get("http") is True for host, table in tables.items()}
