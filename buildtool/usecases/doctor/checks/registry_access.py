"""Whether builder and engine use the registry's protocol (HTTP or HTTPS), for pushes and for base images."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.build.builder import ENGINE_DRIVER, BuilderFacts
from buildtool.core.build.builder_fit import reads_over_http
from buildtool.core.build.daemon_config import registries_in
from buildtool.core.build.prerequisites import daemon_fix, over_http
from buildtool.core.facts import Fact, State
from buildtool.usecases.doctor.checks.builder import BUILDER
from buildtool.usecases.doctor.engine.interfaces import Check, fact_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.config import Config, ImageConfig
    from buildtool.core.build.builder_view import BuilderView
    from buildtool.usecases.doctor.engine.shared_values import SharedValues

_SOURCE = re.compile(
    r"^\s*(?:FROM\s+(?:--platform=\S+\s+)?|(?:COPY|ADD)\s.*?--from=)(\S+)", re.IGNORECASE | re.MULTILINE
)
_IMAGE = "docker-image://"


def checks(shared: SharedValues) -> list[Check]:
    return [
        Check(BUILDER, "push over HTTP", lambda: _push(shared)),
        Check(BUILDER, "base images over HTTP", lambda: _base_images(shared)),
    ]


def _push(shared: SharedValues) -> Iterator[Fact]:
    name, config, view = "push over HTTP", shared.config.need(), shared.builder.need()
    hosts = shared.wanted().http_hosts
    if not hosts:
        yield Fact(BUILDER, name, State.SKIPPED, f"{', '.join(config.hosts)}: HTTPS")
        return
    if view.driver != ENGINE_DRIVER:
        yield Fact(BUILDER, name, State.OK, f"driver {view.driver} follows what buildtool.toml says")
        return
    limits = shared.limits.need()
    builder = BuilderFacts.of(view, shared.buildx.need(), limits)
    problems = list(over_http(builder, shared.wanted()))
    yield from (fact_of(BUILDER, name, problem) for problem in problems)
    why = "containerd image store" if shared.engine.need().containerd_store else "it reads it so"
    for host in hosts:
        if limits.reaches(host) is None:
            yield Fact(BUILDER, name, State.SKIPPED, f"not known: the engine gets no answer from {host}")
        elif limits.reaches(host):
            yield Fact(BUILDER, name, State.OK, f"the engine pushes to {host} over HTTP: {why}")


def _base_images(shared: SharedValues) -> Iterator[Fact]:
    config = shared.config.need()
    for host in config.hosts:
        yield _base_images_at(shared, config, host)


def _base_images_at(shared: SharedValues, config: Config, host: str) -> Fact:
    name, insecure = "base images over HTTP", config.is_insecure(host)
    users = _users(shared, config, host)
    if not insecure or not users:
        words = f"no image starts from one in {host}" if insecure else f"{host} speaks HTTPS"
        return Fact(BUILDER, name, State.SKIPPED, words)
    view = shared.builder.need()
    if view.driver == ENGINE_DRIVER:
        return _by_engine(shared, name, host, users)
    if view.driver == "docker-container":
        return _by_buildkit(name, host, users, view)
    words = f"{users} does; the configuration of a {view.driver} builder cannot be read"
    return Fact(BUILDER, name, State.SKIPPED, words)


def _by_engine(shared: SharedValues, name: str, host: str, users: str) -> Fact:
    if shared.engine.need().is_insecure(host):
        return Fact(BUILDER, name, State.OK, f"the engine reads {host} over HTTP")
    evidence = f"{users} starts from an image in {host}, which the engine would read over HTTPS"
    return Fact(BUILDER, name, State.FAILED, evidence, daemon_fix(host))


def _by_buildkit(name: str, host: str, users: str, view: BuilderView) -> Fact:
    """A builder keeps the configuration it was made with, whatever is asked for later: the usual stale one."""
    if view.daemon_config is None:
        return Fact(BUILDER, name, State.SKIPPED, f"{users} does; buildx's record of {view.name} cannot be read")
    known = registries_in(view.daemon_config)
    if reads_over_http(view, host):
        return Fact(BUILDER, name, State.OK, f"{view.name} reads {host} over HTTP")
    others = f"; it was made for {', '.join(known)}" if known else ""
    evidence = f"{users} starts from an image in {host}, which {view.name} would read over HTTPS{others}"
    return Fact(BUILDER, name, State.FAILED, evidence, buildkit_fix(host))


def buildkit_fix(host: str) -> str:
    """A new builder under a new name: another run may be using the old one."""
    line = f"printf '[registry.\"{host}\"]\\n  http = true\\n' > buildkitd.toml"
    name = "buildtool-" + re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")
    return f"{line} && docker buildx create --name {name} --buildkitd-config buildkitd.toml --use"


def _users(shared: SharedValues, config: Config, host: str) -> str:
    """The images that start from, or copy out of, an image in the registry itself."""
    return ", ".join(image.name for image in config.images.values() if _starts_there(shared, config, image, host))


def _starts_there(shared: SharedValues, config: Config, image: ImageConfig, host: str) -> bool:
    try:
        text = shared.ports.machine.read(str(config.root / image.dockerfile)) or ""
    except OSError:
        text = ""
    contexts = {target.removeprefix(_IMAGE) for target in image.contexts.values() if target.startswith(_IMAGE)}
    sources = contexts | {source for source in _SOURCE.findall(text) if source not in image.contexts}
    return any(source.startswith(f"{host}/") for source in sources)
