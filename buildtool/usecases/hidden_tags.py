"""The tags that a push writes and that are no proven images: where each is written, for push, check and doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.build.cache_options import cache_reference
from buildtool.core.flux.hidden_tag import candidate, further_tag, layer_cache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.config import Config
    from buildtool.core.flux.hidden_tag import Hidden


def hidden_tags(config: Config, names: Sequence[str]) -> list[Hidden]:
    """What a push of these images writes beside images: the candidate tag, and the tags of layer caches."""
    found = [candidate(config.push.candidate_tag, _repositories(config, names))]
    cached = [name for name in names if config.caches(name)]
    if cached:
        found.append(layer_cache("cache.tag", config.cache.tag, _repositories(config, cached)))
    for name in names:
        for repository, tag in filter(None, map(cache_reference, config.images[name].cache_to)):
            found.append(layer_cache(f"images.{name}.cache_to", tag, [str(repository)]))
    return found


def fixed_further_tags(config: Config) -> list[Hidden]:
    """The further tags of images that are the same in every run, such as `latest`; the others are judged by a push."""
    return [
        further_tag(f"images.{name}.tags", text, config.places(name))
        for name, image in config.images.items()
        for text in image.tags
        if "{" not in text
    ]


def _repositories(config: Config, names: Sequence[str]) -> list[str]:
    return [str(config.repository(name)) for name in names]
