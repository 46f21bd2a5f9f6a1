"""Whether a builder can build and push what is asked for: facts in, findings out.

`push` ends at the first finding of severity error, `doctor` shows them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.errors import BUILDER_UNUSABLE, INSECURE_ENGINE, PLATFORM_MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from buildtool.core.build.builder import BuilderFacts
    from buildtool.core.image.names import Platform
    from buildtool.errors.findings import Finding


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a builder: the platforms of each image, and the registry that they go to.

    `host` is `host[:port]`, `insecure` means that it speaks HTTP.
    """

    platforms: Mapping[str, frozenset[Platform]]
    host: str
    insecure: bool

    @property
    def every_platform(self) -> list[Platform]:
        return sorted(frozenset().union(*self.platforms.values()))

    @property
    def on_several_platforms(self) -> list[str]:
        """The images that are built for more than one platform."""
        return [name for name, platforms in self.platforms.items() if len(platforms) > 1]


def wanted(platforms: Mapping[str, Sequence[Platform]], host: str, *, insecure: bool) -> Wanted:
    """`platforms` are those of each image as they are configured, by its name."""
    normal = {name: frozenset(one.normalized() for one in mine) for name, mine in platforms.items()}
    return Wanted(normal, host, insecure)


def judge(builder: BuilderFacts, want: Wanted) -> Iterator[Finding]:
    """platform-missing, builder-unusable and insecure-engine: everything that makes the build or its push fail."""
    yield from platforms(builder, want)
    yield from several_platforms(builder, want)
    yield from over_http(builder, want)


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
        fix = 'set "features": {"containerd-snapshotter": true} in daemon.json, or docker buildx create --use'
        yield BUILDER_UNUSABLE.at(None, message, fix=fix)


def over_http(builder: BuilderFacts, want: Wanted) -> Iterator[Finding]:
    """insecure-engine: an engine without the containerd image store follows daemon.json, not `insecure`."""
    if want.insecure and builder.engine.reaches_insecurely is False:
        message = (
            f"the engine would push to {want.host} over HTTPS, and buildtool.toml says HTTP: with docker's own image "
            "store, daemon.json decides"
        )
        yield INSECURE_ENGINE.at(None, message, fix=daemon_fix(want.host))


def emulation_fix(platform: Platform) -> str:
    """How a machine learns to run programs of another platform."""
    packages = " (Debian: apt-get install qemu-user-static)"
    return f"docker run --privileged --rm tonistiigi/binfmt --install {platform.architecture}{packages}"


def daemon_fix(host: str) -> str:
    """How an engine learns that a registry speaks HTTP."""
    return f'add "insecure-registries": ["{host}"] to /etc/docker/daemon.json, then: systemctl restart docker'
