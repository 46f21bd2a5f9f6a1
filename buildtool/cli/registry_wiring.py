"""Makes the clients of the registries, each with its own host's protocol, login and token services."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.adapters.docker_config import logged_in, sweep
from buildtool.adapters.registry import RegistryClient
from buildtool.adapters.registry.base_registries import BASE_LIMITS, is_local
from buildtool.adapters.registry.login.credentials import from_docker, from_environment, from_named, remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from buildtool.adapters.clock import SystemClock
    from buildtool.adapters.registry import Credential, Limits
    from buildtool.cli.output import Output
    from buildtool.config import Config


@dataclass(frozen=True)
class RegistryWiring:
    """What is known of the registries of a configuration; a login is used for no host but its own."""

    config: Config
    environment: Mapping[str, str]
    output: Output
    clock: SystemClock

    def client(self, host: str, tell: Callable[[str], None], limits: Limits | None = None) -> RegistryClient:
        """The client for `host[:port]`; `tell` is given what is tried again."""
        return RegistryClient(
            host,
            insecure=self.config.is_insecure(host),
            clock=self.clock,
            secrets=self.output.secrets,
            credentials=lambda: self.login(host),
            on_retry=tell,
            on_note=self.output.say if limits is None else self.output.detail,
            token_hosts=self.config.token_hosts(host),
            harbor_path=(self.config.harbor_path or "") if host == self.config.host else "",
            environment=self.environment,
            limits=limits,
        )

    def for_bases(self, host: str) -> RegistryClient:
        """The client for the base images at `host[:port]`: a registry of the configuration is asked as a push asks it.

        Every other one is asked over HTTPS, and one of this machine over HTTP, as BuildKit does.
        """
        known = {*self.config.hosts, *self.config.mirror_hosts, *self.config.registries}
        return RegistryClient(
            host,
            insecure=self.config.is_insecure(host) if host in known else is_local(host),
            clock=self.clock,
            secrets=self.output.secrets,
            credentials=lambda: self.login(host),
            token_hosts=self.config.token_hosts(host),
            environment=self.environment,
            limits=BASE_LIMITS,
            publishes=False,
        )

    def login(self, host: str) -> Credential | None:
        """What is known for this very host, variables first; every part of it becomes a secret."""
        found = self._from_variables(host) or from_docker(host, self.environment)
        return remembered(found, self.output.secrets)

    def docker_login(self, for_docker: Mapping[str, str]) -> AbstractContextManager[Mapping[str, str]]:
        """Logins from variables are ours alone: buildx is given a docker configuration that has them.

        It pushes to the registries of the images, and reads base images from any that the configuration names.
        """
        hosts = dict.fromkeys([*self.config.hosts, *self.config.registries])
        found = {host: self._from_variables(host) for host in hosts}
        logins = {host: (one.username, one.password) for host, one in found.items() if one is not None}
        if not logins:
            sweep(self.environment)
            return nullcontext(for_docker)
        return logged_in(for_docker, logins)

    def _from_variables(self, host: str) -> Credential | None:
        """BUILDTOOL_REGISTRY_* are the default registry's login; others have variables that their tables name."""
        own = from_environment(self.environment) if host == self.config.host else None
        table = self.config.registries.get(host)
        if own is not None or table is None or not (table.username_env and table.password_env):
            return own
        return from_named(self.environment, table.username_env, table.password_env)
