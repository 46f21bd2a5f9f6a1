"""The folder and the cluster that new image objects go to."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.image_names import canonical
from buildtool.core.flux.manifests import IMAGE_GROUP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.flux.objects import Object
    from buildtool.core.flux.tree.worlds import World
    from buildtool.core.init.found import Image
    from buildtool.usecases.init.decisions import Answers
    from buildtool.usecases.init.survey import Survey

_FOLDER = "flux"


class Home(NamedTuple):
    """`clusters` are the paths of the clusters that apply the folder, empty where that is not known.

    `note` says which of several clusters it is, and why; "" where there are not several.
    """

    folder: str
    clusters: frozenset[str]
    note: str = ""


def clusters(found: Survey) -> list[str]:
    """The paths that clusters surely begin at, in order."""
    return [world.key for world in found.tree.worlds if world.sure]


def home(found: Survey, images: Sequence[Image], answers: Answers) -> Home:
    """Beside the image objects that there are, where a cluster begins, beside its other Flux objects, or `flux`.

    Of several clusters it is the one of `answers.cluster`, else the one that runs most of the images: an automation
    in one cluster commits for all that follow the branch, and a second one would write the same.
    """
    mine = [one for one in found.tree.objects if not one.made]
    worlds = [world for world in found.tree.worlds if world.sure]
    cluster = _cluster(worlds, found, images, answers)
    there = _first(mine, (IMAGE_GROUP,), cluster, alone=bool(answers.cluster))
    if there is not None:
        where = there.worlds & {world.key for world in worlds}
        return Home(posixpath.dirname(there.path), where, _note(worlds, where, "beside other image objects", answers))
    if cluster is not None:
        where = frozenset({cluster.key})
        return Home(cluster.key, where, _note(worlds, where, "where most of the images run", answers))
    flux = next((one for one in mine if one.group.endswith("toolkit.fluxcd.io")), None)
    return Home(posixpath.dirname(flux.path) if flux is not None else _FOLDER, frozenset())


def _cluster(worlds: Sequence[World], found: Survey, images: Sequence[Image], answers: Answers) -> World | None:
    named = [world for world in worlds if world.key == answers.cluster] if answers.cluster else []
    full = {canonical(f"{answers.host}/{image.path}") for image in images}
    names = {image.name for image in images}

    def runs(world: World) -> int:
        uses = [use for use in found.uses if use.path in world.files]
        return sum(canonical(use.image) in full or use.image.rpartition("/")[2] in names for use in uses)

    return max(named or worlds, key=runs, default=None)


def _first(objects: Sequence[Object], groups: Sequence[str], cluster: World | None, *, alone: bool) -> Object | None:
    """The first object of these groups, one of the cluster where it has any; no other one with `alone`."""
    fitting = [one for one in objects if one.group in groups]
    here = [one for one in fitting if cluster is not None and cluster.key in one.worlds]
    return next(iter(here or ([] if alone else fitting)), None)


def _note(worlds: Sequence[World], where: frozenset[str], why: str, answers: Answers) -> str:
    """Nothing to say where all clusters apply the folder, or where one was named."""
    keys = [world.key for world in worlds]
    if answers.cluster or len(keys) < 2 or where >= set(keys):  # noqa: PLR2004 -- several
        return ""
    return (
        f"of the clusters {_listed(keys)} it is {_listed(sorted(where)) or 'none'} that gets the image objects, {why}:"
        " one automation commits for every cluster that follows the branch; another one: --cluster PATH"
    )


def _listed(keys: Sequence[str]) -> str:
    return " and ".join(key or "." for key in keys)
