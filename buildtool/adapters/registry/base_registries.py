"""The registries of base images: one question each, without much patience, for a build can do without the answer."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from buildtool.adapters.registry.client import RegistryClient
from buildtool.adapters.registry.http.limits import Limits
from buildtool.adapters.registry.login.credentials import find_credentials, from_docker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.adapters.registry.http.retry import Clock
    from buildtool.adapters.registry.login.auth import Credential
    from buildtool.core.image.reference import ImageReference
    from buildtool.core.text.secrets import Secrets

_LIMITS = Limits(connect=3.0, read=8.0, exchange=12.0, total=15.0, attempts=2)


class BaseImageRegistries:
    """Asks `host` as a push does, every other registry over HTTPS, and those of this machine over HTTP, as BuildKit.

    The credentials of the push (`BUILDTOOL_REGISTRY_*`) go to `host` alone; others are those of `docker login`.
    """

    def __init__(
        self, host: str, *, insecure: bool, clock: Clock, secrets: Secrets, environment: Mapping[str, str]
    ) -> None:
        self._host = host
        self._insecure = insecure
        self._clock = clock
        self._secrets = secrets
        self._environment = environment

    def digest(self, image: ImageReference) -> str | None:
        """The digest behind the tag, by HEAD (which Docker Hub does not count as a pull); None where there is none.

        Raises registry-*.
        """
        host = image.repository.host
        with RegistryClient(
            host,
            insecure=self._insecure if host == self._host else is_local(host),
            clock=self._clock,
            secrets=self._secrets,
            credentials=lambda: self._credential(host),
            environment=self._environment,
            limits=_LIMITS,
        ) as client:
            return client.digest(image.repository, image.tag)

    def _credential(self, host: str) -> Credential | None:
        if host == self._host:
            return find_credentials(host, self._environment, self._secrets)
        found = from_docker(host, self._environment)
        if found is not None:
            self._secrets.add(found.password)
            self._secrets.add(found.identity_token)
        return found


def is_local(host: str) -> bool:
    """Whether a registry (`name[:port]`) is on this machine: BuildKit reads those over HTTP (MatchLocalhost)."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
