"""`BUILDTOOL_*` variables: their names follow from the table of keys, so none is forgotten or misspelt in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.config.mistakes import Mistake
from buildtool.config.schema import IMAGE, IMAGES, TABLES, TOP
from buildtool.core.text.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from buildtool.config.schema import Key

PREFIX = "BUILDTOOL_"
# Not settings: where the file is, and what must never stand in a file.
OTHERS = {
    "BUILDTOOL_CONFIG": "the configuration file, as `--config`",
    "BUILDTOOL_REGISTRY_USERNAME": "the registry's user, when docker's own credentials are not to be used",
    "BUILDTOOL_REGISTRY_PASSWORD": "their password",
    "BUILDTOOL_REGISTRY_PASSWORD_FILE": "a file that holds the password",
    "BUILDTOOL_GIT_TOKEN": "in a workflow: a token that may read the repository, where the checkout kept none",
}


def variable(path: Iterable[str]) -> str:
    """The variable of a key: `images.my-app.platforms` is BUILDTOOL_IMAGES_MY_APP_PLATFORMS."""
    return PREFIX + "_".join(part.upper().replace("-", "_") for part in path)


def keys(images: Iterable[str]) -> dict[tuple[str, ...], Key]:
    """Every key there can be, by path, for these images."""
    paths: dict[tuple[str, ...], Key] = {(key.name,): key for key in TOP.keys}
    paths |= {(table.name, key.name): key for table in TABLES for key in table.keys}
    return paths | {(IMAGES, image, key.name): key for image in images for key in IMAGE.keys}


def overlay(
    environ: Mapping[str, str], paths: Mapping[tuple[str, ...], Key]
) -> tuple[dict[tuple[str, ...], object], list[Mistake]]:
    """What the environment sets, as a file would hold it; an empty variable sets nothing, for CI leaves one out so."""
    names: dict[str, list[tuple[str, ...]]] = {}
    for path in paths:
        names.setdefault(variable(path), []).append(path)
    values: dict[tuple[str, ...], object] = {}
    mistakes = []
    for name in sorted(name for name, value in environ.items() if name.startswith(PREFIX) and value):
        if name in OTHERS:
            continue
        place, known = f"environment {name}", names.get(name, [])
        if len(known) == 1:
            values[known[0]] = paths[known[0]].kind.read(environ[name])
        elif known:
            mistakes.append(Mistake(place, "", "two images share this name: rename one, or use the file"))
        else:
            mistakes.append(Mistake(place, "", f"no setting has this name{did_you_mean(name, [*names, *OTHERS])}"))
    return values, mistakes
