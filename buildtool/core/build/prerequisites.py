"""Whether a builder can build and push what is asked for: facts in, findings out.

`push` ends at the first finding of severity error, `doctor` shows them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.build.builder import PUSHES_ONCE
from buildtool.errors import BUILDER_UNUSABLE, BUILDX_TOO_OLD, INSECURE_ENGINE, PLATFORM_MISSING
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from buildtool.core.build.builder import BuilderFacts, Version
    from buildtool.core.image.names import Platform
    from buildtool.errors.findings import Finding

STORE_FIX = 'set "features": {"containerd-snapshotter": true} in daemon.json, or docker buildx create --use'


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a builder: the platforms of each image, and the registries of HTTP that they go to.

    `http_hosts` are `host[:port]`. `keys` are the keys of each image's table that not every buildx knows, with the
    first version that does. `attested` asks for provenance or an SBOM. `cached` are the images whose build is to write
    a layer cache.
    """

    platforms: Mapping[str, frozenset[Platform]]
    http_hosts: tuple[str, ...] = ()
    keys: Mapping[str, Mapping[str, Version]] = field(default_factory=dict)
    attested: bool = False
    cached: tuple[str, ...] = ()

    @property
    def every_platform(self) -> list[Platform]:
        return sorted(frozenset().union(*self.platforms.values()))

    @property
    def on_several_platforms(self) -> list[str]:
        """The images that are built for more than one platform."""
        return [name for name, platforms in self.platforms.items() if len(platforms) > 1]


def wanted(platforms: Mapping[str, Sequence[Platform]], http_hosts: tuple[str, ...]) -> Wanted:
    """`platforms` are those of each image as they are configured, by its name."""
    normal = {name: frozenset(one.normalized() for one in mine) for name, mine in platforms.items()}
    return Wanted(normal, http_hosts)


def judge(builder: BuilderFacts, want: Wanted) -> Iterator[Finding]:
    """platform-missing, builder-unusable, buildx-too-old and insecure-engine: all that makes a build or push fail."""
    yield from judge_build(builder, want)
    yield from over_http(builder, want)


def judge_build(builder: BuilderFacts, want: Wanted) -> Iterator[Finding]:
    """The same for a build that goes to no registry."""
    yield from platforms(builder, want)
    yield from several_platforms(builder, want)
    yield from unknown_keys(builder, want)
    yield from attestations(builder, want)
    yield from caches(builder, want)


def loadable(want: Wanted) -> Iterator[Finding]:
    """builder-unusable: what an engine without the containerd image store cannot be given."""
    if want.on_several_platforms:
        message = (
            f"the engine keeps images of one platform only, and {', '.join(want.on_several_platforms)} has several"
        )
        yield BUILDER_UNUSABLE.at(None, message, fix=f"leave --load out (--output DIR keeps layouts), or {STORE_FIX}")


def unknown_keys(builder: BuilderFacts, want: Wanted) -> Iterator[Finding]:
    """buildx-too-old: a key that this buildx would ignore in silence."""
    for image, keys in want.keys.items():
        for key, since in keys.items():
            if builder.buildx_version < since:
                needed, there = _shown(since), _shown(builder.buildx_version)
                message = f"images.{image}.{key} needs buildx {needed}: {there}, which is installed, would ignore it"
                fix = f"install buildx {needed} or newer, or take {key} out of images.{image} in buildtool.toml"
                yield BUILDX_TOO_OLD.at(None, message, fix=fix)


def attestations(builder: BuilderFacts, want: Wanted) -> Iterator[Finding]:
    """builder-unusable: an engine without the containerd image store keeps no attestations."""
    if want.attested and not builder.engine.several_platforms:
        message = (
            f"builder {builder.name} cannot make the attestations that [push] asks for: the docker driver needs the "
            "containerd image store for that"
        )
        yield BUILDER_UNUSABLE.at(None, message, fix=STORE_FIX)


def caches(builder: BuilderFacts, want: Wanted) -> Iterator[Finding]:
    """A warning builder-unusable: an engine without the containerd image store writes no layer caches."""
    if want.cached and not builder.exports_caches:
        message = (
            f"builder {builder.name} writes no layer cache of {', '.join(want.cached)}: the docker driver needs the "
            "containerd image store for that"
        )
        reason = "the images are built without writing one"
        yield BUILDER_UNUSABLE.at(None, message, reason=reason, fix=STORE_FIX, severity=Severity.WARNING)


def _shown(version: Version) -> str:
    return ".".join(map(str, version))


def platforms(builder: BuilderFacts, want: Wanted) -> Iterator[Finding]:
    """platform-missing: a platform that the builder has neither a node nor emulation for."""
    there = frozenset(one.normalized() for one in builder.platforms)
    missing = [one for one in want.every_platform if one not in there]
    if missing:
        message = (
            f"builder {builder.name} ({builder.driver}) cannot build for {', '.join(map(str, missing))}; "
            f"it can for {', '.join(map(str, sorted(builder.platforms))) or 'nothing'}"
        )
        yield PLATFORM_MISSING.at(None, message, fix=emulation_fix(missing[0]))


def several_platforms(builder: BuilderFacts, want: Wanted) -> Iterator[Finding]:
    """builder-unusable: an engine without the containerd image store keeps one platform of an image."""
    if want.on_several_platforms and not builder.engine.several_platforms:
        message = (
            f"builder {builder.name} stores images of one platform only, and {', '.join(want.on_several_platforms)} "
            "has several: the docker driver needs the containerd image store for that"
        )
        yield BUILDER_UNUSABLE.at(None, message, fix=STORE_FIX)


def over_http(builder: BuilderFacts, want: Wanted) -> Iterator[Finding]:
    """insecure-engine: an engine that pushes by itself follows daemon.json, not `insecure`."""
    for host in want.http_hosts:
        if builder.pushes_over_https(host):
            once = ".".join(map(str, PUSHES_ONCE[:2]))
            twice = f"buildx before {once} lets the engine push once more, and there"
            why = twice if host in builder.engine.itself_over_https else "with docker's own image store,"
            message = (
                f"the engine would push to {host} over HTTPS, and buildtool.toml says HTTP: {why} daemon.json decides"
            )
            yield INSECURE_ENGINE.at(None, message, fix=daemon_fix(host))


def emulation_fix(platform: Platform) -> str:
    """How a machine learns to run programs of another platform."""
    packages = " (Debian: apt-get install qemu-user-static)"
    return f"docker run --privileged --rm tonistiigi/binfmt --install {platform.architecture}{packages}"


def daemon_fix(host: str) -> str:
    """How an engine learns that a registry speaks HTTP."""
    return f'add "insecure-registries": ["{host}"] to /etc/docker/daemon.json, then: systemctl restart docker'
