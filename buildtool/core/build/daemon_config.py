"""buildkitd.toml: how BuildKit reads from registries. Format: BuildKit's docs/buildkitd.toml.md."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DAEMON_CONFIG = "buildkitd.toml"


@dataclass(frozen=True, slots=True)
class DaemonRegistry:
    """How buildkitd reads from a registry: over HTTP, with any certificate (`insecure`), through mirrors first."""

    http: bool = False
    insecure: bool = False
    mirrors: tuple[str, ...] = ()


def daemon_config(registries: Mapping[str, DaemonRegistry]) -> str:
    """The text of a buildkitd.toml that says how to read from these registries (by `host[:port]`); "" for none."""
    return "\n".join(_table(host, one) for host, one in sorted(registries.items()) if one != DaemonRegistry())


def registries_in(text: str) -> dict[str, DaemonRegistry]:
    """The registries (by `host[:port]`) that a buildkitd.toml names, and how it reads from each."""
    try:
        tables = tomllib.loads(text).get("registry", {})
    except (ValueError, RecursionError):
        return {}
    if not isinstance(tables, dict):
        return {}
    return {host: _read(table) for host, table in tables.items()}


def _read(table: object) -> DaemonRegistry:
    if not isinstance(table, dict):
        return DaemonRegistry()
    mirrors = table.get("mirrors")
    named = tuple(str(one) for one in mirrors) if isinstance(mirrors, list) else ()
    return DaemonRegistry(table.get("http") is True, table.get("insecure") is True, named)


def _table(host: str, one: DaemonRegistry) -> str:
    lines = [f"[registry.{json.dumps(host)}]"]
    lines += [f"  {key} = true" for key in ("http", "insecure") if getattr(one, key)]
    if one.mirrors:
        lines.append(f"  mirrors = {json.dumps(list(one.mirrors))}")
    return "\n".join(lines) + "\n"
