"""The registries of base images: one question each, without much patience, for a build can do without the answer."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from buildtool.adapters.registry.http.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from buildtool.adapters.registry.client import RegistryClient
    from buildtool.core.image.reference import ImageReference

BASE_LIMITS = Limits(connect=3.0, read=8.0, exchange=12.0, total=15.0, attempts=2)


class BaseImageRegistries:
    """`make` makes the client of a registry (`name[:port]`), which is asked once and closed."""

    def __init__(self, make: Callable[[str], RegistryClient]) -> None:
        self._make = make

    def digest(self, image: ImageReference) -> str | None:
        """The digest behind the tag, by HEAD (which Docker Hub does not count as a pull); None where there is none.

        Raises registry-*.
        """
        with self._make(image.repository.host) as client:
            return client.digest(image.repository, image.tag)


def is_local(host: str) -> bool:
    """Whether a registry (`name[:port]`) is on this machine: BuildKit reads those over HTTP (MatchLocalhost)."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
