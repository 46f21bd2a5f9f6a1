"""The layer caches of an image's build: what it reads and writes, as bake is given them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.build.cache_options import (
    completed,
    folder_cache,
    is_inline,
    is_registry_cache,
    local_cache,
    registry_cache,
    with_folder,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.build.builder import BuilderFacts


class Caches(NamedTuple):
    """`cache-from` and `cache-to` of a target, with absolute folders."""

    read: list[str]
    written: list[str]


def caches_of(config: Config, builder: BuilderFacts | None, image: ImageConfig, *, pushed: bool) -> Caches:
    """The caches of an image. A build that is not `pushed` asks no registry, for caches neither.

    A builder that writes no caches is asked for none but inline ones, which are part of the image.
    """
    found = _every(config, image)
    read = [one for one in found.read if pushed or not is_registry_cache(one)]
    written = [one for one in found.written if pushed or not is_registry_cache(one)]
    if builder is not None and not builder.exports_caches:
        written = [one for one in written if is_inline(one)]
    return Caches(read, written)


def exported(config: Config, image: ImageConfig, *, pushed: bool) -> bool:
    """Whether the build of an image is to write a cache apart from the image."""
    return any(not is_inline(one) for one in caches_of(config, None, image, pushed=pushed).written)


def local_folders(caches: Sequence[str], field: str) -> list[str]:
    """The folders of the caches `type=local` among these, each once; `field` is `src` or `dest`."""
    return list(dict.fromkeys(folder for cache in caches if (folder := local_cache(cache, field))))


def _every(config: Config, image: ImageConfig) -> Caches:
    read = [completed(_absolute(config, one, "src"), config.is_insecure, writes=False) for one in image.cache_from]
    written = [completed(_absolute(config, one, "dest"), config.is_insecure, writes=True) for one in image.cache_to]
    pairs = []
    if config.caches(image.name):
        repository = config.repository(image.name)
        pairs.append(registry_cache(repository.at(config.cache.tag), insecure=config.is_insecure(repository.host)))
    if config.cache.local is not None:
        pairs.append(folder_cache(os.path.normpath(config.root / config.cache.local / image.name)))
    return Caches([*read, *(source for source, _ in pairs)], [*written, *(target for _, target in pairs)])


def _absolute(config: Config, cache: str, field: str) -> str:
    return with_folder(cache, field, lambda folder: os.path.normpath(config.root / folder))
