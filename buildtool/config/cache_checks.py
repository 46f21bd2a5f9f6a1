"""Layer caches against each other and against the tags of a push: no two things may be written to one place."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from buildtool.config.schema import IMAGES
from buildtool.core.build.cache_options import cache_reference, local_cache
from buildtool.core.commit.marks import is_mark
from buildtool.core.commit.tags import parse_tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.config.load_state import LoadState


def check(state: LoadState) -> None:
    _cache_tag(state)
    owners = dict(_own_caches(state))
    published = {_repository(state, one) for one in state.images}
    for image in state.images:
        for number, cache in enumerate(state.good.get((IMAGES, image, "cache_to")) or ()):
            at = (IMAGES, image, "cache_to", number)
            found, folder = cache_reference(cache), local_cache(cache, "dest")
            if found is not None and str(found[0]) in published:
                _tag(state, found[1], *at)
            place = found[0].at(found[1]) if found is not None else _folder(folder or "")
            if place in owners:
                state.wrong(f"{place} is {owners[place]} too: each would write over the other", *at)
            elif found is not None or folder:
                owners[place] = f"a destination of images.{image}.cache_to"


def _cache_tag(state: LoadState) -> None:
    tags = [state.good.get(("cache", "tag")), state.good.get(("push", "candidate_tag"))]
    if tags[0] is not None and tags[0] == tags[1]:
        state.wrong("is the candidate tag too: every push would overwrite the cache", "cache", "tag")
    elif tags[0] is not None and is_mark(tags[0]):
        state.wrong("has the form of the mark of a rollback: choose another one", "cache", "tag")


def _own_caches(state: LoadState) -> Iterator[tuple[str, str]]:
    """The places of the caches that `[cache]` makes, each with its setting."""
    enabled, tag, local = (state.good.get(("cache", key)) for key in ("enabled", "tag", "local"))
    for image in state.images:
        own = state.good.get((IMAGES, image, "cache"))
        if (enabled if own is None else own) and tag is not None:
            yield f"{_repository(state, image)}:{tag}", f"the cache of images.{image} (cache.tag)"
        if local is not None:
            yield _folder(f"{local}/{image}"), f"the cache of images.{image} (cache.local)"


def _tag(state: LoadState, tag: str, *at: str | int) -> None:
    """The tag of a cache in a repository that images are published to."""
    if tag == state.good.get(("push", "candidate_tag")):
        state.wrong(f'writes over the candidate tag "{tag}" of an image: choose another tag', *at)
    elif parse_tag(tag) is not None or is_mark(tag):
        state.wrong(f'"{tag}" has the form of a tag that is published: choose another one', *at)


def _repository(state: LoadState, image: str) -> str:
    """Where an image is published, as `Config.repository` says it."""
    registry = state.good.get((IMAGES, image, "registry")) or state.good.get(("registry",), "")
    return f"{registry}/{state.good.get((IMAGES, image, 'repository')) or image}"


def _folder(path: str) -> str:
    return posixpath.normpath(path)
