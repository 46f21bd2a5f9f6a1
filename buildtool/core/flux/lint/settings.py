"""What the rules need of buildtool.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.flux.hidden_tag import Hidden
    from buildtool.errors.findings import Place


class ImageSettings(NamedTuple):
    """`repository` is `host[:port]/path`, as Flux must have it; so may each of `mirrors` be.

    `policy` is `namespace:name` or "".
    """

    name: str
    repository: str
    policy: str
    architectures: frozenset[str]
    place: Place
    mirrors: tuple[str, ...] = ()


class HostSettings(NamedTuple):
    """How a registry is reached, and where in buildtool.toml that is said."""

    insecure: bool
    place: Place


class Settings(NamedTuple):
    """`place` is where the registry is named; `hidden` are the tags of a push that Flux must never deploy.

    `hosts` are the registries that images are published and copied to, by `host[:port]`.

    `kustomizations` are those that the rollback handler acts on, `namespace:name`; `handler_place` is where they stand.
    """

    hosts: Mapping[str, HostSettings]
    sha_length: int
    branches: tuple[str, ...]
    hidden: Sequence[Hidden]
    images: Mapping[str, ImageSettings]
    place: Place
    kustomizations: tuple[str, ...] = ()
    handler_place: Place | None = None
