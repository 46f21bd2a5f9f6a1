"""The clusters of a repository: what each applies, beginning at what nobody in the repository applies.

A cluster begins at its `flux-system/gotk-sync.yaml`, at a FluxInstance, or at a Flux Kustomization that applies itself.
Where a repository has none of these, nobody can say what is applied: then every Kustomization, every build and every
file that no other one takes in may be.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.flux.objects import clamp
from buildtool.core.flux.substitution import Variables, is_unknown
from buildtool.core.flux.tree.applied import Applier, is_flux_kustomization, objects_of, read_applier
from buildtool.core.flux.tree.builds import Build, Item
from buildtool.core.flux.tree.sources import BOOTSTRAP, Sources, Where, git_urls, normal_url, source_name, sync_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from buildtool.core.flux.objects import Object
    from buildtool.core.flux.tree.builds import Builds
    from buildtool.core.yaml.node import Node

MAX_OBJECTS = 100_000  # of one world; more is not looked at
_SYNC = "gotk-sync.yaml"
_ABANDONED = re.compile(r"(?:^|/)(?:_?archived?|attic|deprecated|testdata|fixtures)/", re.IGNORECASE)
_TEMPLATING = frozenset({"ResourceSet"})  # an object that makes others out of templates


def is_abandoned(path: str) -> bool:
    """Whether the file stands in a folder whose name says that it is kept and not applied."""
    return _ABANDONED.search(path) is not None


@dataclass(eq=False)
class World:
    """`key` is the path that the cluster begins at, "" for what may be applied by somebody; `sure` is False for that.

    `files` are the paths that a build of it takes in or reads. `gaps` are the namespaces in which there may be objects
    that cannot be known, "" for any. `applied` are the files that each Flux Kustomization (`namespace:name`) takes in.
    """

    key: str
    sure: bool
    objects: list[Object] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    gaps: set[str] = field(default_factory=set)
    applied: dict[str, set[str]] = field(default_factory=dict)

    def may_hold_more(self, namespace: str) -> bool:
        """Whether objects of this namespace may be applied that are not in the repository."""
        return "" in self.gaps or namespace in self.gaps or any("${" in gap for gap in self.gaps)


def _may_be_own(name: str, urls: dict[str, set[str]]) -> bool:
    """Whether a source can be this repository, which the one of the bootstrap is: no other URL is known of it."""
    mine, its = urls.get(BOOTSTRAP, set()), urls.get(name, set())
    return not mine or not its or not mine.isdisjoint(its)


@dataclass(eq=False)
class Worlds:
    """`raw` gives the objects of a file as they stand in it, `files` all that may hold any, in order.

    `remote` is the URL of the clone's remote, "" where that is not known.
    """

    builds: Builds
    files: tuple[str, ...]
    raw: Callable[[str], tuple[Object, ...]]
    remote: str = ""

    def __post_init__(self) -> None:
        self.everything = [item for path in self.files for item in self.raw(path)]
        self.flux = [item for item in self.everything if is_flux_kustomization(item)]
        applying = [item for item in self.flux if self._applies_itself(item)]
        urls = git_urls(self.everything)
        own = {BOOTSTRAP, *(source_name(item) for item in applying if _may_be_own(source_name(item), urls))}
        applying = [item for item in applying if source_name(item) in own]
        self.sources = Sources(frozenset(own), urls, self.remote and normal_url(self.remote))
        self.applying = applying

    def found(self) -> tuple[World, ...]:
        """Every world, the sure ones by path; without any, one of all that may be applied."""
        worlds = [self._grown(World(key, sure=True), roots) for key, roots in sorted(self._roots().items())]
        if not worlds:
            return (self._possible(),)
        if not self._syncs():
            self._add_unreached(worlds[0])  # others may be applied by hand
        return tuple(worlds)

    # --- where a cluster begins

    def _applies_itself(self, item: Object) -> bool:
        path = clamp(item.root.string("spec", "path"))
        if path not in self.builds.folders or (path and not item.path.startswith(f"{path}/")):
            return False
        if item.root.string("spec", "sourceRef", "kind") not in ("GitRepository", ""):
            return False
        build = self._build(read_applier(item, sure=True))
        return any(found.path == item.path for found in build.items)

    def _roots(self) -> dict[str, list[Applier]]:
        """What each cluster begins with, by its path."""
        found: dict[str, list[Applier]] = {}
        for path in self._syncs():
            for root in self._synced(path):
                found.setdefault(root.path, []).append(root)
        for item in self.everything:
            sync = sync_of(item)
            if sync is not None:
                path = clamp(sync.string("path"))
                if path in self.builds.folders:
                    sure = sync.string("kind") in ("", "GitRepository")
                    found.setdefault(path, []).append(Applier(f"{BOOTSTRAP}:{BOOTSTRAP}", path, sure=sure))
        for item in self.applying:
            root = read_applier(item, sure=True)
            if root.path not in found:
                found[root.path] = [root]
        return found

    def _syncs(self) -> list[str]:
        return sorted(path for path in self.builds.paths if path.endswith(_SYNC) and posixpath.basename(path) == _SYNC)

    def _synced(self, path: str) -> Iterator[Applier]:
        """The Kustomizations of a gotk-sync.yaml; before bootstrap has written it, what bootstrap will write."""
        mine = [item for item in self.raw(path) if is_flux_kustomization(item)]
        for item in mine:
            yield read_applier(item, sure=True)
        if not mine:
            yield Applier(f"{BOOTSTRAP}:{BOOTSTRAP}", posixpath.dirname(posixpath.dirname(path)))

    # --- what it applies

    def _build(self, by: Applier) -> Build:
        return self.builds.applied(by.path, by.layer, by.components)

    def _grown(self, world: World, roots: Iterable[Applier]) -> World:
        """Apply the roots, then every Kustomization that comes with them, each once."""
        queue, seen = list(roots), set()
        while queue and len(world.objects) < MAX_OBJECTS:
            by = queue.pop(0)
            if (by.key, by.path, by.layer) in seen:
                continue
            seen.add((by.key, by.path, by.layer))
            for made in self._apply(world, by, self._build(by)):
                if is_flux_kustomization(made):
                    queue += self._following(world, made, sure=by.sure)
        if queue:
            world.gaps.add("")
        return world

    def _apply(self, world: World, by: Applier, build: Build) -> list[Object]:
        world.files |= build.uses
        applied = world.applied.setdefault(by.key, set())
        applied |= build.uses
        applied.update(item.path for item in build.items)
        world.gaps |= {by.layer.namespace or gap for gap in build.gaps}
        made: list[Object] = []
        for item in build.items:
            world.files.add(item.path)
            raw = self.raw(item.path) if item.entry is None else ()
            made += (self._seen(world, one, by) for one in objects_of(item, raw, by))
        world.objects += made
        return made

    def _seen(self, world: World, one: Object, by: Applier) -> Object:
        if one.kind in _TEMPLATING:
            world.gaps.add("")
        build = f"{by.key} {by.path}" if by.key or by.path else f" {posixpath.dirname(one.path)}"
        return one._replace(worlds=frozenset({world.key}), sure=world.sure and by.sure, build=build)

    def _following(self, world: World, item: Object, *, sure: bool) -> list[Applier]:
        """What a Kustomization applies next: nothing known where its files are somewhere else."""
        where = self.sources.where(item)
        by = read_applier(item, sure=sure and where is Where.HERE)
        by = by._replace(variables=self._looked_up(world, item, by.variables))
        if where is not Where.HERE:
            world.gaps.add(by.layer.namespace)
        if where is Where.ELSEWHERE:
            return []
        if "${" not in by.path:
            return [by] if by.path in self.builds.folders else []
        world.gaps.add(by.layer.namespace)
        pattern = re.compile("[^/]*".join(map(re.escape, re.split(r"\$\{[^}]*\}?", by.path)[:6])))
        fitting = sorted(folder for folder in self.builds.folders if pattern.fullmatch(folder))
        return [by._replace(path=folder, sure=False) for folder in fitting]

    def _looked_up(self, world: World, item: Object, variables: Variables | None) -> Variables | None:
        """The variables with those of ConfigMaps of `substituteFrom` that are in the repository."""
        if variables is None or not variables.more or item.patched:
            return variables
        known: dict[str, str] = {}
        more = False
        for entry in item.root.each("spec", "postBuild", "substituteFrom"):
            data = self._config_map(world, item, entry)
            if data is None:
                known, more = {}, True  # it may set again what an earlier entry set
            else:
                known |= data
        return Variables(known | dict(variables.known), more=more)

    def _config_map(self, world: World, item: Object, entry: Node) -> dict[str, str] | None:
        """What the ConfigMap holds that an entry of `substituteFrom` names; None where that is not known."""
        name = item.resolve(entry.string("name"))
        if entry.string("kind") != "ConfigMap" or not name or is_unknown(name) or is_unknown(item.namespace):
            return None
        for objects in (world.objects, self.everything):
            found = [one for one in objects if one.kind == "ConfigMap" and one.api_version == "v1" and one.name == name]
            found = [one for one in found if one.namespace in ("", item.namespace)]
            if found:
                plain = len(found) == 1 and not found[0].patched and not found[0].made
                data = found[0].root.get("data") if plain else None
                return {key.text: found[0].resolve(value.real.text) for key, value in data.pairs} if data else None
        return None

    # --- repositories that do not say where they begin

    def _possible(self) -> World:
        """Builds that nothing else takes in, files that no build does, and Kustomizations that apply each other."""
        world, nobody = World("", sure=False), Applier(sure=False)
        claimed = self._claimed()
        files = self.builds.kustomizations.items()
        free = sorted(folder for folder, path in files if path not in claimed and not is_abandoned(path))
        included = frozenset[str]().union(*(self.builds.folder(folder).includes for folder in free))
        for folder in free:
            file = self.builds.kustomization(folder)
            if folder not in included and file is not None and not file.component:
                self._grow_from(world, nobody._replace(path=f"{folder}/"), self.builds.folder(folder))
        taken = claimed | world.files
        loose = [Item(path) for path in self.files if path not in taken and not is_abandoned(path)]
        self._grow_from(world, nobody, Build(tuple(loose)))
        self._add_unreached(world)
        return world

    def _claimed(self) -> set[str]:
        """The files that a Flux Kustomization takes in or reads, but for the one it stands in itself."""
        claimed: set[str] = set()
        for item in self.flux:
            for by in self._following(World("", sure=False), item, sure=False):
                build = self._build(by)
                claimed |= ({one.path for one in build.items} | build.uses) - {item.path}
        return claimed

    def _grow_from(self, world: World, by: Applier, build: Build) -> None:
        made = self._apply(world, by, build)
        applying = [one for one in made if is_flux_kustomization(one)]
        self._grown(world, [following for one in applying for following in self._following(world, one, sure=False)])

    def _add_unreached(self, world: World) -> None:
        for item in self.flux:
            if item.path not in world.files and not is_abandoned(item.path):
                self._grow_from(world, Applier(sure=False), Build((Item(item.path),)))
