"""Makes the clients of the registries, each with its own host's protocol, login and token services."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from buildtool.adapters.docker_config import logged_in, sweep
from buildtool.adapters.registry import RegistryClient
from buildtool.adapters.registry.login.credentials import from_docker, from_environment, from_named, remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from buildtool.adapters.registry import Credential, Limits
    from buildtool.cli.wiring import Wiring


def client(wiring: Wiring, host: str, tell: Callable[[str], None], limits: Limits | None = None) -> RegistryClient:
    """The client for `host[:port]`; `tell` is given what is tried again."""
    config, output = wiring.config, wiring.output
    return RegistryClient(
        host,
        insecure=config.is_insecure(host),
        clock=wiring.clock,
        secrets=output.secrets,
        credentials=lambda: _login_at(wiring, host),
        on_retry=tell,
        on_note=output.say if limits is None else output.detail,
        token_hosts=config.token_hosts(host),
        environment=wiring.environment,
        limits=limits,
    )


def docker_login(wiring: Wiring) -> AbstractContextManager[Mapping[str, str]]:
    """Logins from variables are ours alone; buildx is given a docker configuration that has those of its registries."""
    found = {host: _from_variables(wiring, host) for host in wiring.config.hosts}
    logins = {host: (one.username, one.password) for host, one in found.items() if one is not None}
    if not logins:
        sweep(wiring.environment)
        return nullcontext(wiring.for_docker)
    return logged_in(wiring.for_docker, logins)


def _login_at(wiring: Wiring, host: str) -> Credential | None:
    """What is known for this very host; every part of it becomes a secret."""
    found = _from_variables(wiring, host) or from_docker(host, wiring.environment)
    return remembered(found, wiring.output.secrets)


def _from_variables(wiring: Wiring, host: str) -> Credential | None:
    """BUILDTOOL_REGISTRY_* are the default registry's login; another host has variables that its table names."""
    config, environment = wiring.config, wiring.environment
    own = from_environment(environment) if host == config.host else None
    table = config.registries.get(host)
    if own is not None or table is None or not (table.username_env and table.password_env):
        return own
    return from_named(environment, table.username_env, table.password_env)
