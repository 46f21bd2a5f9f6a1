"""On a k3s node: whether its containerd pulls from the registry over the right protocol (HTTP or HTTPS)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.facts import Fact, State
from buildtool.core.flux.k3s import endpoints
from buildtool.usecases.doctor.engine.interfaces import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.usecases.doctor.engine.shared_values import SharedValues

K3S = "k3s"
FILE = "/etc/rancher/k3s/registries.yaml"
_NAME = "registries.yaml"


def checks(shared: SharedValues) -> list[Check]:
    return [Check(K3S, _NAME, lambda: _registries(shared))]


def _registries(shared: SharedValues) -> Iterator[Fact]:
    try:
        text = shared.ports.machine.read(FILE)
    except OSError as error:
        yield Fact(K3S, _NAME, State.SKIPPED, f"{FILE} cannot be read: {error.strerror}")
        return
    if text is None:
        yield Fact(K3S, _NAME, State.SKIPPED, f"no {FILE}: this is no k3s node, or it has no settings for registries")
        return
    config = shared.config.need()
    try:
        found = {host: endpoints(text, host) for host in config.hosts}
    except ValueError as error:
        yield Fact(K3S, _NAME, State.FAILED, f"{FILE} is not YAML: {error}", f"correct {FILE}, {_RESTART}")
        return
    yield from (_judge(host, there, insecure=config.is_insecure(host)) for host, there in found.items())


_RESTART = "then: systemctl restart k3s (k3s-agent on agents)"


def _judge(host: str, found: tuple[str, ...] | None, *, insecure: bool) -> Fact:
    wanted = f"{'http' if insecure else 'https'}://{host}"
    listed = ", ".join(found or ()) or "no endpoint"
    if any(one.rstrip("/").removesuffix("/v2") == wanted for one in found or ()):
        return Fact(K3S, _NAME, State.OK, f"{host} is pulled from {listed}")
    if not insecure and found is None:
        return Fact(K3S, _NAME, State.OK, f"{host} is not named, so it is pulled over HTTPS")
    evidence = f"{host} is not named: it would be pulled over HTTPS" if found is None else f"{host}: {listed}"
    fix = f'write mirrors: {{"{host}": {{endpoint: ["{wanted}"]}}}} in {FILE}, {_RESTART}'
    return Fact(K3S, _NAME, State.FAILED if insecure else State.WARNING, evidence, fix)
