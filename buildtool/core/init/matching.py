"""Dockerfiles and the images that files run -> the images of buildtool.toml, and the registry."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.flux.image_names import canonical
from buildtool.core.flux.tree.layers import split_image
from buildtool.core.image.hub import HUB
from buildtool.core.image.names import Platform
from buildtool.core.init.found import Image
from buildtool.core.init.name_choice import as_name, unique

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from buildtool.core.init.found import ImageUse, Recipe

_DEFAULT_PLATFORM = "linux/amd64"
_ARCHITECTURES = frozenset({"386", "amd64", "arm", "arm64", "ppc64le", "riscv64", "s390x"})


def registry_of(uses: Iterable[ImageUse], recipes: Sequence[Recipe], repository: str) -> str:
    """`host[/project]` where most of the images stand that the Dockerfiles may be the source of, "" where none does."""
    hints = {as_name(recipe.hint or repository) for recipe in recipes}
    images = [use.image for use in uses] + [split_image(recipe.image)[0] for recipe in recipes if recipe.image]
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
    there: Sequence[Image] = (),
) -> list[Image]:
    """The images, each with the path that files use for it already; `repository` names a Dockerfile without a hint.

    `there` are the images of buildtool.toml, whose names and paths stay theirs: no two images get one path.
    Platforms are what a compose file says, else what the nodeSelectors of its uses name, else linux/amd64.
    """
    host, _, project = registry.partition("/")
    taken = {image.path for image in there}
    used = [path for path in _used_paths(uses, recipes, host) if path not in taken]
    if len(recipes) == 1 and len(used) == 1:
        repository = used[0].rpartition("/")[2]  # the one image that files run is the one that is built
    below = [path for path in used if not project or path.startswith(f"{project}/")]
    names = unique(recipes, repository, {image.name for image in there})
    paths = _paths(recipes, names, below, registry, taken)
    images = [
        Image(name, recipe, path, _platforms(recipe, uses, f"{host}/{path}"))
        for recipe, name, path in zip(recipes, names, paths, strict=True)
    ]
    by_service = {recipe.hint: image.name for recipe, image in zip(recipes, images, strict=True)}
    return [replace(one, recipe=_with_targets(one.recipe, by_service)) for one in images]


def _used_paths(uses: Sequence[ImageUse], recipes: Sequence[Recipe], host: str) -> list[str]:
    """The paths below the host that are in use, the most frequent first."""
    names = [use.image for use in uses] + [split_image(recipe.image)[0] for recipe in recipes if recipe.image]
    found = Counter(path for one in names for at, _, path in [one.partition("/")] if at == host and path)
    return [path for path, _ in found.most_common()]


def _paths(
    recipes: Sequence[Recipe], names: Sequence[str], used: Sequence[str], registry: str, taken: Collection[str]
) -> list[str]:
    """The path of each image: the surest signs of all images come before the weaker ones of any.

    As the compose file says, of the same name, ending in the name, the only one; else the project and the name.
    """
    host, _, project = registry.partition("/")
    signs = [
        [[path] if at == host and path else [] for at, path in (_said(recipe) for recipe in recipes)],
        [[path for path in used if _last(path) == name] for name in names],
        [[path for path in used if _last(path).endswith(f"-{name}")] for name in names],
        [list(used) if len(recipes) == 1 else [] for _ in names],
    ]
    found: dict[int, str] = {}
    given = set(taken)
    for weak, of_all in enumerate(signs):
        for number, listed in enumerate(of_all):
            free = [path for path in listed if path in used and path not in given]
            if number not in found and free and (weak < _WEAK or len(free) == 1):
                found[number] = free[0]
                given.add(free[0])
    for number, name in enumerate(names):
        if number not in found:
            found[number] = _free(f"{project}/{name}" if project else name, given)
            given.add(found[number])
    return [found[number] for number in range(len(names))]


_WEAK = 2  # from this sign on, one that fits several paths says nothing


def _said(recipe: Recipe) -> tuple[str, str]:
    """Host and path of the image that a compose file names."""
    host, _, path = split_image(recipe.image)[0].partition("/")
    return host, path


def _last(path: str) -> str:
    return as_name(path.rpartition("/")[2])


def _free(path: str, taken: Collection[str]) -> str:
    found, number = path, 2
    while found in taken:
        found, number = f"{path}-{number}", number + 1
    return found


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
