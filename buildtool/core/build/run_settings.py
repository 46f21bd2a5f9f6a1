"""What RUN steps of an image are given besides files: ssh, network, hosts, limits; and stages without the cache."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.build.builder import Version

HOST_NETWORK = "host"
# The first buildx whose bake files take the key; older ones ignore it in silence (docker/buildx #2671, #3234).
KNOWN_SINCE: Mapping[str, Version] = {"network": (0, 17, 0), "extra_hosts": (0, 25, 0)}


@dataclass(frozen=True, slots=True)
class RunSettings:
    """As the configuration has them; paths in `ssh` (`ID=PATH[,PATH]`) are absolute."""

    ssh: Sequence[str] = ()
    network: str | None = None
    extra_hosts: Mapping[str, str] = field(default_factory=dict)
    shm_size: str | None = None
    ulimits: Sequence[str] = ()
    no_cache_filter: Sequence[str] = ()

    def document(self) -> dict[str, Any]:
        """The keys of a bake target, those that are set."""
        keys = {
            "ssh": list(self.ssh),
            "network": self.network,
            "extra-hosts": dict(self.extra_hosts),
            "shm-size": self.shm_size,
            "ulimits": list(self.ulimits),
            "no-cache-filter": list(self.no_cache_filter),
        }
        return {key: value for key, value in keys.items() if value}

    def inputs(self) -> dict[str, Any]:
        """The part that can change the result, those that are set: ids of `ssh` without their paths, no cache rules."""
        keys = {
            "ssh": sorted(one.partition("=")[0] for one in self.ssh),
            "network": self.network if self.network != "default" else None,
            "extra_hosts": dict(self.extra_hosts),
            "shm_size": self.shm_size,
            "ulimits": sorted(self.ulimits),
        }
        return {key: value for key, value in keys.items() if value}

    def needs(self) -> dict[str, Version]:
        """The keys that are set and that not every buildx knows, with the first that does."""
        there = {"network": self.network not in {None, "default"}, "extra_hosts": bool(self.extra_hosts)}
        return {key: KNOWN_SINCE[key] for key, is_set in there.items() if is_set}


def ssh_paths(declared: str) -> list[str]:
    """The sockets and keys that one entry of `ssh` names; [] for the agent that the environment names."""
    return [path.strip() for path in declared.partition("=")[2].split(",") if path.strip()]
