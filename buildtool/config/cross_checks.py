"""Checks over several values: files that must exist, and settings that exclude each other."""

from __future__ import annotations

import os.path
import posixpath
import re
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from buildtool.config import builder_checks, cache_checks
from buildtool.config.schema import IMAGES
from buildtool.core.commit.tags import sanitise
from buildtool.core.flux.image_names import canonical
from buildtool.core.text.suggestions import nearest

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.config.load_state import KeyPath, LoadState

_REMOTE_CONTEXT = re.compile(r"(?:docker-image|oci-layout|https?|ssh|git)://")


def check(state: LoadState, *, on_disk: bool) -> None:
    for image in state.images if on_disk else ():
        if state.hopeless:
            return
        _files(state, image)
        _contexts(state, image)
    _repositories(state)
    _mirrors(state)
    _branches(state)
    _circle(state)
    _further_tags(state)
    cache_checks.check(state)
    builder_checks.check(state)


def _files(state: LoadState, image: str) -> None:
    _dockerfile(state, image)
    context = state.good.get((IMAGES, image, "context"))
    if context is not None and not os.path.isdir(state.root / context):
        state.wrong(f'there is no directory "{context}"{_instead(state.root / context)}', IMAGES, image, "context")


def _dockerfile(state: LoadState, image: str) -> None:
    """Find the file, by one rule for the default and for a path that is written.

    A path counts from the context, as compose and bake read it; where nothing is there, from buildtool.toml, as for
    `docker build -f`.
    """
    key = (IMAGES, image, "dockerfile")
    dockerfile, context = state.good.get(key), state.good.get((IMAGES, image, "context"))
    if dockerfile is None:
        return
    inside = posixpath.normpath(posixpath.join(context or ".", dockerfile))
    found = next((place for place in (inside, dockerfile) if os.path.isfile(state.root / place)), None)
    if found is None:
        nor = f', nor "{dockerfile}"' if dockerfile != inside else ""
        looked = inside if os.path.isdir((state.root / inside).parent) else dockerfile
        state.wrong(f'there is no file "{inside}"{nor}{_instead(state.root / looked)}', *key)
    else:
        state.good[key] = found


def _instead(missing: Path) -> str:
    """What is there: names like the missing one, then Dockerfiles."""
    try:
        names = sorted(entry.name for entry in missing.parent.iterdir())
    except OSError:
        return f', nor a directory "{missing.parent.name}"'
    near = nearest(missing.name, names, 3)
    there = [*near, *(name for name in names if "dockerfile" in name.lower() and name not in near)]
    return f"; there is {', '.join(there[:6])}" if there else ""


def _contexts(state: LoadState, image: str) -> None:
    for name, value in (state.good.get((IMAGES, image, "contexts")) or {}).items():
        at = (IMAGES, image, "contexts", name)
        target = value.removeprefix("target:")
        if target != value:
            if target not in state.images or target == image:
                state.wrong(f'"{value}" names no other image', *at)
        elif not _REMOTE_CONTEXT.match(value) and not os.path.isdir(state.root / value):
            state.wrong(f'there is no directory "{value}"{_instead(state.root / value)}', *at)


def _circle(state: LoadState) -> None:
    """Images that are built on each other, through `target:`: buildx could begin with none of them."""
    bases = {image: state.good.get((IMAGES, image, "contexts")) or {} for image in state.images}
    graph = {
        image: {one.removeprefix("target:") for one in contexts.values() if one.startswith("target:")} - {image}
        for image, contexts in bases.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1][::-1]
        name = next(key for key, one in bases[circle[0]].items() if one == f"target:{circle[1]}")
        way = " -> ".join(circle)
        state.wrong(f"images that are built on each other: {way}", IMAGES, circle[0], "contexts", name)


def _repositories(state: LoadState) -> None:
    """Two images under one path of one registry would publish one over the other."""
    default = str(state.good.get(("registry",), ""))
    owners: dict[str, str] = {}
    for image in state.images:
        registry = state.good.get((IMAGES, image, "registry")) or default
        at = (IMAGES, image, "repository")
        path = state.good.get(at, image if state.origins[at] == "default" else None)
        if path is None:
            continue
        if path != path.lower():
            state.wrong(
                f'has capital letters, which no registry takes: set repository = "{path.lower()}"', IMAGES, image
            )
        elif len(path) == 1 and "/" not in registry:
            state.wrong("a path of one character stops all of Flux's image automation: choose a longer one", *at)
        place = canonical(f"{registry}/{path}")
        if place in owners:
            state.wrong(f'"{path}" is the repository of images.{owners[place]} too', *at)
        owners.setdefault(place, image)


def _mirrors(state: LoadState) -> None:
    """A copy must not go where an image is published, or where another one is copied to."""
    owners = {place: f"images.{image} is published there" for image, place in _published(state).items()}
    for image in state.images:
        own: KeyPath = (IMAGES, image, "mirrors")
        key = own if own in state.good else ("mirrors",)
        for number, mirror in enumerate(state.good.get(key, ())):
            place = f"{mirror}/{_path(state, image)}"
            if canonical(place) in owners:
                state.wrong(f'"{place}" is no mirror of images.{image}: {owners[canonical(place)]}', *key, number)
            owners.setdefault(canonical(place), f"images.{image} is copied there")


def _published(state: LoadState) -> dict[str, str]:
    default = str(state.good.get(("registry",), ""))
    registries = {image: state.good.get((IMAGES, image, "registry")) or default for image in state.images}
    return {image: canonical(f"{registry}/{_path(state, image)}") for image, registry in registries.items()}


def _path(state: LoadState, image: str) -> str:
    return state.good.get((IMAGES, image, "repository")) or image


def _further_tags(state: LoadState) -> None:
    """A further tag that is the candidate tag or the cache's would be written over by every push."""
    taken = {state.good.get(at): ".".join(at) for at in (("cache", "tag"), ("push", "candidate_tag"))}
    for image in state.images:
        at = (IMAGES, image, "tags")
        for number, tag in enumerate(state.good.get(at) or ()):
            if tag in taken:
                state.wrong(f'"{tag}" is {taken[tag]} too, which every push writes', *at, number)


def _branches(state: LoadState) -> None:
    seen: dict[str, str] = {}
    for number, branch in enumerate(state.good.get(("tag", "branches"), ())):
        name = sanitise(branch)
        if name in seen:
            state.wrong(f'"{branch}" and "{seen[name]}" make the same tags', "tag", "branches", number)
        seen.setdefault(name, branch)
