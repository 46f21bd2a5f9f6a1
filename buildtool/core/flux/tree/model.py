"""FluxTree: the objects of a repository as its clusters have them, and what can be said about one that is named."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from buildtool.core.flux.objects import clamp, is_kustomization, objects_in
from buildtool.core.flux.substitution import is_unknown, may_be
from buildtool.core.flux.tree import sourceignore
from buildtool.core.flux.tree.builds import Builds
from buildtool.core.flux.tree.worlds import Worlds, is_abandoned
from buildtool.core.yaml.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from buildtool.core.flux.objects import Object
    from buildtool.core.flux.tree.sources import Sources, Where
    from buildtool.core.flux.tree.worlds import World
    from buildtool.core.yaml.parser import Parsed


class Presence(StrEnum):
    """Whether an object that something names is there; unknown where only the cluster can tell."""

    THERE = "there"
    MISSING = "missing"
    UNKNOWN = "unknown"


class FluxTree:
    """`parsed` are the documents of the files that may hold objects, `paths` every file of the repository.

    `read` gives the documents of a file that is not among `parsed`, None where it cannot be read. `remote` is the URL
    of the clone's remote, "" where that is not known.
    `left_out` are files of the repository that no cluster gets (`.sourceignore`).
    """

    def __init__(
        self,
        parsed: Mapping[str, Parsed],
        paths: Iterable[str] = (),
        read: Callable[[str], Parsed | None] | None = None,
        remote: str = "",
        left_out: frozenset[str] = frozenset(),
    ) -> None:
        self._remote = remote
        self._left_out = left_out
        self._parsed = {path: found for path, found in parsed.items() if path not in left_out}
        self._read = read
        self._raw: dict[str, tuple[Object, ...]] = {}
        self.builds = Builds((frozenset(paths) | frozenset(parsed)) - left_out, self._documents)

    @cached_property
    def worlds(self) -> tuple[World, ...]:
        """The clusters; one that is not sure where the repository does not say what is applied."""
        return self._worlds.found()

    @cached_property
    def sources(self) -> Sources:
        """Which sources are this repository."""
        return self._worlds.sources

    @cached_property
    def objects(self) -> tuple[Object, ...]:
        """Every object that some cluster gets, once for each name it gets it by, in order of place."""
        found: dict[tuple[int, str, str], Object] = {}
        for world in self.worlds:
            for item in world.objects:
                key = (id(item.root), item.namespace, item.name)
                known = found.get(key)
                found[key] = item if known is None else _joined(known, item)
        return tuple(sorted(found.values(), key=lambda i: (i.path, i.root.line, i.root.column, i.namespace, i.name)))

    def in_file(self, path: str) -> tuple[Object, ...]:
        """The objects of a file as they stand in it."""
        if path not in self._raw:
            parsed = self._documents(path)
            self._raw[path] = () if parsed is None else tuple(objects_in(path, parsed))
        return self._raw[path]

    def is_applied(self, path: str) -> bool:
        """Whether some cluster takes the file in, or may; False where it is certain that none does."""
        possible = not self.worlds[0].sure and not is_abandoned(path) and path not in self._left_out
        return possible or path in self._applied

    def files_of(self, kustomization: str, cluster: str | None = None) -> tuple[frozenset[str], ...]:
        """The files that a Flux Kustomization (`namespace:name`) takes in, once for each different set of a cluster.

        `cluster` is the path that one begins at, where only that one is meant. Nothing where no cluster has the
        Kustomization, or where its files are not in this repository.
        """
        worlds = self.worlds if cluster is None else [world for world in self.worlds if world.key == clamp(cluster)]
        found = (world.applied.get(kustomization) for world in worlds)
        return tuple(dict.fromkeys(frozenset(files) for files in found if files))

    @cached_property
    def _applied(self) -> frozenset[str]:
        return frozenset[str]().union(*(world.files for world in self.worlds))

    def presence(self, kind: str, namespace: str, name: str, worlds: Iterable[str] = ()) -> Presence:
        """Whether the object is there in every one of these worlds (in any, where none is named)."""
        asked = [self._presence(kind, namespace, name, w) for w in self.worlds if not worlds or w.key in worlds]
        if not worlds:
            return next((p for p in (Presence.THERE, Presence.UNKNOWN) if p in asked), Presence.MISSING)
        return next((p for p in (Presence.MISSING, Presence.UNKNOWN) if p in asked), Presence.THERE)

    def where(self, item: Object) -> Where:
        """Whether the spec.sourceRef of an object is this repository."""
        return self.sources.where(item)

    # --- inside

    @cached_property
    def _worlds(self) -> Worlds:
        files = tuple(sorted(path for path in self._parsed if not is_kustomization(path)))
        return Worlds(self.builds, files, self.in_file, self._remote)

    def _documents(self, path: str) -> Parsed | None:
        found = self._parsed.get(path)
        return self._read(path) if found is None and self._read is not None else found

    def _presence(self, kind: str, namespace: str, name: str, world: World) -> Presence:
        if is_unknown(name) or is_unknown(namespace):
            return Presence.UNKNOWN
        exact, doubtful = self._names[world.key]
        if (kind, namespace, name) in exact:
            return Presence.THERE
        if not namespace and any(k == kind and n == name for k, _, n in exact):
            return Presence.UNKNOWN  # who applies the object that names it says in which namespace
        for other_namespace, other in doubtful.get(kind, ()):
            if may_be(other, name) and (not other_namespace or may_be(other_namespace, namespace)):
                return Presence.UNKNOWN
        return Presence.UNKNOWN if world.may_hold_more(namespace) else Presence.MISSING

    @cached_property
    def _names(self) -> dict[str, tuple[set[tuple[str, str, str]], dict[str, list[tuple[str, str]]]]]:
        """For each world: the names that are certain, and by kind those of which something is not known."""
        found: dict[str, tuple[set[tuple[str, str, str]], dict[str, list[tuple[str, str]]]]] = {}
        for world in self.worlds:
            exact: set[tuple[str, str, str]] = set()
            doubtful: dict[str, list[tuple[str, str]]] = defaultdict(list)
            for item in world.objects:
                exact.add((item.kind, item.namespace, item.name))
                if is_unknown(item.name) or is_unknown(item.namespace) or not item.namespace:
                    doubtful[item.kind].append((item.namespace, item.name))
            found[world.key] = (exact, doubtful)
        return found


def read_tree(
    texts: Iterable[tuple[str, str]],
    paths: Iterable[str] = (),
    read: Callable[[str], str | None] | None = None,
    remote: str = "",
) -> FluxTree:
    """The tree of (path, text) pairs, not yet parsed.

    `paths` are all files of the repository, where there are more, and `read` gives the text of one of them. `remote` is
    the URL of the clone's remote, by which the GitRepository is found that is this repository. What a `.sourceignore`
    leaves out is in no cluster.
    """
    every = tuple(paths)

    def parsed(path: str) -> Parsed | None:
        text = read(path) if read is not None else None
        return None if text is None else parse(text)

    found = {path: parse(text) for path, text in texts}
    ignores = {path: read(path) or "" for path in every if sourceignore.is_one(path)} if read is not None else {}
    return FluxTree(found, every, parsed, remote, sourceignore.left_out({*every, *found}, ignores))


def _joined(one: Object, other: Object) -> Object:
    appliers = tuple(dict.fromkeys((*one.appliers, *other.appliers)))
    return one._replace(worlds=one.worlds | other.worlds, appliers=appliers, sure=one.sure or other.sure)


def of(objects: Iterable[Object], group: str, *kinds: str) -> Iterator[Object]:
    """The objects of an API group, of these kinds where any are named."""
    return (item for item in objects if item.group == group and (not kinds or item.kind in kinds))
