"""The settings of one run, after every check. Paths are relative to `Config.root` unless they are absolute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.image.names import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from buildtool.core.build.daemon_config import DaemonRegistry
    from buildtool.core.image.names import Platform


@dataclass(frozen=True, slots=True)
class Running:
    """A URL whose JSON answer tells what runs, and the key of it: keys in maps, joined by dots."""

    url: str
    revision: str = "revision"


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """The value of a build argument that a variable has: `value` None where it is not set, and has no default."""

    variable: str
    value: str | None = None

    def told(self, environ: Mapping[str, str]) -> FromEnvironment:
        """The same with what the environment says; the value so far is the default."""
        return FromEnvironment(self.variable, environ.get(self.variable, self.value))


@dataclass(frozen=True, slots=True)
class RegistrySettings:
    """What is special about one registry host.

    `insecure` None: as the default registry where that is another port of the same host, else HTTPS. `username_env` and
    `password_env` are the variables that hold its login.
    """

    insecure: bool | None = None
    token_hosts: tuple[str, ...] = ()
    username_env: str | None = None
    password_env: str | None = None


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """One image. `dockerfile` and `context` are both relative to `Config.root`.

    `secrets` and `ssh` are in buildx's form (`id=…,src=…` or `id=…,env=…`; `default` or `ID=PATH`); `policy` is
    `namespace:name`; `inputs` are globs over files (empty: everything that the contexts send); `cache` None means what
    `[cache]` says. `args` are texts with places to fill, `environment_args` texts that are taken as they are.
    `network` is default, none or host; `ulimits` are `NAME=SOFT[:HARD]`; `shm_size` is a size as docker writes it.
    `tags` are the texts that further tags are made of (`core/commit/further_tags`).
    """

    name: str
    platforms: tuple[Platform, ...]
    dockerfile: str = "Dockerfile"
    context: str = "."
    policy: str | None = None
    repository: str | None = None
    registry: str | None = None
    mirrors: tuple[str, ...] | None = None
    target: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    environment_args: Mapping[str, FromEnvironment] = field(default_factory=dict)
    contexts: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    ssh: tuple[str, ...] = ()
    network: str | None = None
    extra_hosts: Mapping[str, str] = field(default_factory=dict)
    shm_size: str | None = None
    ulimits: tuple[str, ...] = ()
    no_cache_filter: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    cache: bool | None = None
    cache_from: tuple[str, ...] = ()
    cache_to: tuple[str, ...] = ()
    running: Running | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TagConfig:
    """`sha_length` is 7 to 40; `branches` are the deploy branches, which must not make each other's tags.

    `release` is the form of the git tags that are releases, with `{version}` in it.
    """

    sha_length: int = 7
    branches: tuple[str, ...] = ("main", "master")
    release: str = "v{version}"


@dataclass(frozen=True, slots=True)
class BuilderNode:
    """A machine that builds: a docker context name or an address (`ssh://…`, `tcp://…`) and its own platforms.

    `endpoint` is "" with the driver kubernetes. `options` are driver options of this node alone; the paths are
    certificates for tcp://.
    """

    endpoint: str = ""
    platforms: tuple[Platform, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    cacert: str | None = None
    cert: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class BuilderConfig:
    """Which buildx builder; all unset means the one docker has selected. `registries` are by `host[:port]`."""

    name: str | None = None
    driver: str | None = None
    nodes: tuple[BuilderNode, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    registries: Mapping[str, DaemonRegistry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CacheConfig:
    """The layer cache in the registry, in each image's own repository under `tag`; `local` is a folder for another."""

    enabled: bool = False
    tag: str = "buildcache"
    local: str | None = None


@dataclass(frozen=True, slots=True)
class PushConfig:
    """`retries` is how often a push that can heal is tried again; `scan_wait` the seconds Harbor's scan may take.

    `token_hosts` are token services on other hosts that may be told the registry's credentials, as `host[:port]`.
    `silence`: seconds a build or upload may print nothing before it is ended, 0 for as long as it likes. `pull` looks
    base images up anew.
    """

    attestations: bool = False
    sbom: bool = False
    candidate_tag: str = "unproven"
    retries: int = 4
    scan_wait: int = 120
    token_hosts: tuple[str, ...] = ()
    silence: int = 600
    pull: bool = False


@dataclass(frozen=True, slots=True)
class HandlerConfig:
    """`kustomizations` are `namespace:name`; `cool_down` is seconds; `cluster` the path that the cluster begins at."""

    kustomizations: tuple[str, ...] = ()
    cool_down: int = 3600
    per_day: int = 3
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """Everything.

    `registry` is `host[:port][/project]`, for images without one of their own; `insecure` and `harbor_path` (what
    stands before `/api/` of a Harbor, None for most) are about its host, `registries` about each host that it names.
    `mirrors` are further ones, for images without mirrors of their own. `origins` maps a dotted key to where its value
    came from:
    `buildtool.toml:9`, `default`, `environment BUILDTOOL_REGISTRY`, or `flag`.
    """

    registry: str
    images: Mapping[str, ImageConfig]
    root: Path
    path: Path | None = None
    insecure: bool = False
    mirrors: tuple[str, ...] = ()
    registries: Mapping[str, RegistrySettings] = field(default_factory=dict)
    harbor_path: str | None = None
    tag: TagConfig = field(default_factory=TagConfig)
    builder: BuilderConfig = field(default_factory=BuilderConfig)
    cache: CacheConfig = field(default_factory=CacheConfig)
    push: PushConfig = field(default_factory=PushConfig)
    handler: HandlerConfig = field(default_factory=HandlerConfig)
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """`host[:port]` of the default registry, without the project."""
        return self.registry.partition("/")[0]

    @property
    def hosts(self) -> tuple[str, ...]:
        """`host[:port]` of every registry that images are published to, the default one first."""
        used = dict.fromkeys(self.repository(image).host for image in self.images)
        return tuple(sorted(used, key=lambda host: host != self.host))

    def caches(self, image: str) -> bool:
        """Whether the build of an image keeps a layer cache in the registry."""
        own = self.images[image].cache
        return self.cache.enabled if own is None else own

    def repository(self, image: str) -> Repository:
        """Where an image is published: the host, and the project and the image's own path below it."""
        return self._below(self.images[image].registry or self.registry, image)

    def mirrors_of(self, image: str) -> tuple[Repository, ...]:
        """Where an image is copied to when it is published: the image's own mirrors, else those at the top."""
        return tuple(self._below(mirror, image) for mirror in self.mirror_registries(image))

    def mirror_registries(self, image: str) -> tuple[str, ...]:
        """The same as `host[:port][/project]`."""
        own = self.images[image].mirrors
        return self.mirrors if own is None else own

    def places(self, image: str) -> tuple[str, ...]:
        """Where an image is published, then its mirrors, each `host[:port]/path`."""
        return tuple(str(place) for place in (self.repository(image), *self.mirrors_of(image)))

    @property
    def mirror_hosts(self) -> tuple[str, ...]:
        """`host[:port]` of every registry that images are copied to, and that none is published to first."""
        used = dict.fromkeys(one.host for image in self.images for one in self.mirrors_of(image))
        return tuple(host for host in used if host not in self.hosts)

    def is_insecure(self, host: str) -> bool:
        """Whether the registry at `host[:port]` speaks plain HTTP.

        What the top says counts for every port of the default registry's host, and for no other host.
        """
        own = self.registries.get(host, RegistrySettings()).insecure
        return own if own is not None else self.insecure and _name(host) == _name(self.host)

    def token_hosts(self, host: str) -> tuple[str, ...]:
        """The token services that may be told the login of the registry at `host[:port]`."""
        own = self.registries.get(host, RegistrySettings()).token_hosts
        return (*own, *(self.push.token_hosts if host == self.host else ()))

    def _below(self, registry: str, image: str) -> Repository:
        host, _, project = registry.partition("/")
        path = self.images[image].repository or image
        path = f"{project}/{path}" if project else path
        prefix = (self.harbor_path or "").removeprefix("/") if host == self.host else ""
        return Repository(host, path, prefix if prefix and path.startswith(f"{prefix}/") else "")


def _name(host: str) -> str:
    """The name or address of `host[:port]`."""
    name, _, port = host.rpartition(":")
    return name if name and port.isdigit() else host
