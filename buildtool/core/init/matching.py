"""Dockerfiles and the images that files run -> the images of buildtool.toml, and the registry."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.flux.image_names import canonical
from buildtool.core.image.names import Platform
from buildtool.core.init.found import Image
from buildtool.core.init.name_choice import as_name, unique
from buildtool.core.registry.services import HUB

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from buildtool.core.init.found import ImageUse, Recipe

_DEFAULT_PLATFORM = "linux/amd64"
_ARCHITECTURES = frozenset({"386", "amd64", "arm", "arm64", "ppc64le", "riscv64", "s390x"})


def registry_of(uses: Iterable[ImageUse], recipes: Sequence[Recipe], repository: str) -> str:
    """`host[/project]` where most of the images stand that the Dockerfiles may be the source of, "" where none does."""
    hints = {as_name(recipe.hint or repository) for recipe in recipes}
    images = [use.image for use in uses] + [_without_tag(recipe.image) for recipe in recipes if recipe.image]
    found: Counter[str] = Counter()
    for image in images:
        host, _, path = canonical(image).partition("/")
        if host != HUB and "$" not in image and (as_name(path.rpartition("/")[2]) in hints or len(hints) == 1):
            found[f"{host}/{path.rpartition('/')[0]}".rstrip("/")] += 1
    return max(found, key=lambda one: (found[one], one), default="")


def images_of(
    recipes: Sequence[Recipe],
    uses: Sequence[ImageUse],
    registry: str,
    repository: str,
    taken: Iterable[str] = (),
) -> list[Image]:
    """The images, each with the path that files use for it already; `repository` names a Dockerfile without a hint.

    Platforms are what a compose file says, else what the nodeSelectors of its uses name, else linux/amd64.
    """
    host, _, project = registry.partition("/")
    used = _used_paths(uses, recipes, host)
    if len(recipes) == 1 and len(used) == 1:
        repository = used[0].rpartition("/")[2]  # the one image that files run is the one that is built
    names = unique(recipes, repository, set(taken))
    images = []
    for recipe, name in zip(recipes, names, strict=True):
        fitting = _paths_of(name, recipe, used, host, alone=len(recipes) == 1)
        below = [one for one in fitting if not project or one.startswith(f"{project}/")]
        path = below[0] if below else f"{project}/{name}" if project else name
        images.append(Image(name, recipe, path, _platforms(recipe, uses, f"{host}/{path}")))
        used = [one for one in used if one != path]
    by_service = {recipe.hint: image.name for recipe, image in zip(recipes, images, strict=True)}
    return [replace(one, recipe=_with_targets(one.recipe, by_service)) for one in images]


def _used_paths(uses: Sequence[ImageUse], recipes: Sequence[Recipe], host: str) -> list[str]:
    """The paths below the host that are in use, the most frequent first."""
    names = [use.image for use in uses] + [_without_tag(recipe.image) for recipe in recipes if recipe.image]
    found = Counter(path for one in names for at, _, path in [one.partition("/")] if at == host and path)
    return [path for path, _ in found.most_common()]


def _paths_of(name: str, recipe: Recipe, used: Sequence[str], host: str, *, alone: bool) -> list[str]:
    """The used paths that are this image's: as the compose file says, of the same name, ending so, or the only one."""
    at, _, path = _without_tag(recipe.image).partition("/")
    if at == host and path:
        return [path]
    same = [one for one in used if as_name(one.rpartition("/")[2]) == name]
    ending = [one for one in used if as_name(one.rpartition("/")[2]).endswith(f"-{name}")]
    return same or (ending if len(ending) == 1 else []) or (list(used) if alone and len(used) == 1 else [])


def _without_tag(image: str) -> str:
    head, slash, last = image.partition("@")[0].rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def _platforms(recipe: Recipe, uses: Sequence[ImageUse], image: str) -> tuple[str, ...]:
    """In the order of their names; what is no platform is passed over."""
    listed = list(recipe.platforms)
    if not listed:
        here = [use for use in uses if canonical(use.image) == canonical(image)]
        listed = [f"linux/{architecture}" for use in here for architecture in use.architectures]
    return tuple(sorted({known for one in listed if (known := _platform(one))})) or (_DEFAULT_PLATFORM,)


def _platform(text: str) -> str:
    """The platform in one spelling, "" for a text that is none, or none that images are built for."""
    try:
        platform = Platform.parse(text)
    except ValueError:
        return ""
    return str(platform) if platform.os == "linux" and platform.architecture in _ARCHITECTURES else ""


def _with_targets(recipe: Recipe, names: Mapping[str, str]) -> Recipe:
    """`service:NAME` of compose is `target:IMAGE`."""
    contexts = {
        key: f"target:{names.get(text.removeprefix('service:'), text.removeprefix('service:'))}"
        if text.startswith("service:")
        else text
        for key, text in recipe.contexts.items()
    }
    return replace(recipe, contexts=contexts)
