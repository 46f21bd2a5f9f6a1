"""Whether a builder is what `[builder]` asks for: facts in, one finding for each difference out.

`push` and `build` say the warnings and end at the first error, `builder show` and `doctor` show all.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from buildtool.core.build.daemon_config import registries_in
from buildtool.core.text.units import counted
from buildtool.errors import BUILDER_MISFIT
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.build.builder_spec import BuilderSpec, NodeSpec
    from buildtool.core.build.builder_store import StoredBuilder
    from buildtool.core.build.builder_view import BuilderView, NodeView
    from buildtool.core.build.daemon_config import DaemonRegistry
    from buildtool.errors.findings import Finding

_OWN = "take builder.name out of buildtool.toml (and unset BUILDX_BUILDER): buildtool then makes the builder itself"
# Drivers whose machine is a buildkitd that buildx starts, with a configuration of ours.
_STARTED = frozenset({"docker-container", "kubernetes"})


def chosen_misfits(view: BuilderView, driver: str | None, spec: BuilderSpec | None) -> Iterator[Finding]:
    """What differs in a builder that the user named from the configuration; warnings, for it may do all the same.

    `driver` is the one of buildtool.toml; `spec` its nodes and registries, None where it names no driver that has them.
    """
    if driver is not None and view.driver != driver:
        yield _differs(f"builder {view.name} was made with driver {view.driver}; buildtool.toml says {driver}", _OWN)
        return
    if spec is None:
        return
    for node in spec.nodes:
        if node.endpoint:
            yield from _node(view, node)
    yield from _daemon(view, spec)


def own_misfits(spec: BuilderSpec, stored: StoredBuilder) -> Iterator[Finding]:
    """What somebody has changed in a builder that buildtool made; errors. A missing node is none: it is added."""
    fix = f"docker buildx rm {spec.name}, then buildtool builder up"
    if stored.driver != spec.driver:
        words = f"builder {spec.name} has driver {stored.driver or 'unknown'} now, buildtool made it with {spec.driver}"
        yield _differs(words, fix, Severity.ERROR)
        return
    for number, node in enumerate(spec.nodes):
        other = stored.nodes.get(spec.node_name(number))
        if other is not None and set(node.platforms) != set(other.platforms):
            platforms = ", ".join(map(str, other.platforms)) or "no platforms"
            words = f"node {spec.node_name(number)} has {platforms} now, buildtool made it for {_listed(node)}"
            yield _differs(words, fix, Severity.ERROR)
    for name in stored.nodes.keys() - {spec.node_name(number) for number in range(len(spec.nodes))}:
        words = f"builder {spec.name} has a node {name} that buildtool did not make"
        yield _differs(
            words, f"docker buildx create --name {spec.name} --leave --node {shlex.quote(name)}", Severity.ERROR
        )


def missing_nodes(spec: BuilderSpec, stored: StoredBuilder | None) -> list[int]:
    """The numbers of the nodes that have to be made; all of them where there is no such builder yet."""
    there = stored.nodes if stored is not None else {}
    return [number for number in range(len(spec.nodes)) if spec.node_name(number) not in there]


def reads_over_http(view: BuilderView, host: str) -> bool | None:
    """Whether the BuildKit of a builder reads base images of `host[:port]` over HTTP; None where that is not known."""
    if view.daemon_config is None:
        return None
    found = registries_in(view.daemon_config).get(host)
    return found is not None and found.http


def _node(view: BuilderView, node: NodeSpec) -> Iterator[Finding]:
    there = next((one for one in view.nodes if one.endpoint == node.endpoint), None)
    if there is None:
        named = ", ".join(one.endpoint for one in view.nodes) or "none"
        words = f"builder {view.name} has no node {node.endpoint}; it has {named}"
        yield _differs(words, f"{_create(view, node)} --append {shlex.quote(node.endpoint)}, or {_OWN}")
        return
    lacks = [platform for platform in node.platforms if not _made_for(there, platform)]
    if lacks:
        words = f"node {there.name} ({there.endpoint}) of {view.name} was not made for {', '.join(map(str, lacks))}"
        yield _differs(words, f"{_create(view, node)} --node {shlex.quote(there.name)} {shlex.quote(node.endpoint)}")


def _made_for(node: NodeView, platform: object) -> bool:
    return platform in (node.fixed or node.listed[:1])


def _daemon(view: BuilderView, spec: BuilderSpec) -> Iterator[Finding]:
    if view.driver not in _STARTED or view.daemon_config is None:
        return
    there = registries_in(view.daemon_config)
    for host, wanted in sorted(spec.registries.items()):
        differing = _differing(wanted, there.get(host))
        if differing:
            words = (
                f"builder {view.name} reads base images of {host} without {differing}, which buildtool.toml asks for"
            )
            yield _differs(words, _OWN)


def _differing(wanted: DaemonRegistry, there: DaemonRegistry | None) -> str:
    lacks = [name for name in ("http", "insecure") if getattr(wanted, name) and not (there and getattr(there, name))]
    if wanted.mirrors and (there is None or there.mirrors != wanted.mirrors):
        lacks.append(f"{counted(len(wanted.mirrors), 'mirror')} {', '.join(wanted.mirrors)}")
    return " and ".join(lacks)


def _create(view: BuilderView, node: NodeSpec) -> str:
    platforms = f" --platform {','.join(map(str, node.platforms))}" if node.platforms else ""
    return f"docker buildx create --driver {view.driver} --name {shlex.quote(view.name)}{platforms}"


def _listed(node: NodeSpec) -> str:
    return ", ".join(map(str, node.platforms)) or "what it says itself"


def _differs(words: str, fix: str, severity: Severity = Severity.WARNING) -> Finding:
    return BUILDER_MISFIT.at(None, words, fix=fix, severity=severity)
