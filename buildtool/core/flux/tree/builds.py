"""What `kustomize build` takes in for a folder: each file with the layers that its objects pass through."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.objects import KUSTOMIZATION_FILES, is_kustomization
from buildtool.core.flux.tree.kustomization import Kustomization, read_kustomization

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from buildtool.core.flux.tree.layers import Layer
    from buildtool.core.yaml.node import Node
    from buildtool.core.yaml.parser import Parsed

MAX_ITEMS = 20_000  # of one build, and of all builds together ten times that: more is not looked at
MAX_DEPTH = 60
_NAMES = tuple(KUSTOMIZATION_FILES)


class Item(NamedTuple):
    """A file whose objects the build takes, or an object that a generator of it makes.

    `layers` stand from the innermost to the outermost.
    """

    path: str
    layers: tuple[Layer, ...] = ()
    kind: str = ""
    entry: Node | None = None
    hashed: bool = False


class Build(NamedTuple):
    """`uses` are files that it reads without applying them, kustomization files among them.

    `layers` is what a component does to the objects of the kustomization that includes it. `gaps` are the namespaces
    in which it may apply objects that cannot be known here ("" for any): remote bases, missing files, plugins.
    `includes` are the folders taken in.
    """

    items: tuple[Item, ...] = ()
    uses: frozenset[str] = frozenset()
    layers: tuple[Layer, ...] = ()
    gaps: frozenset[str] = frozenset()
    includes: frozenset[str] = frozenset()


_UNKNOWN = Build(gaps=frozenset({""}))


@dataclass(eq=False)
class Builds:
    """All builds of a repository, each made when it is first asked for.

    `paths` is every file; `read` gives a file's documents, None for one that is not read.
    """

    paths: frozenset[str]
    read: Callable[[str], Parsed | None]
    _made: dict[str, Build] = field(default_factory=dict)
    _files: dict[str, Kustomization | None] = field(default_factory=dict)
    _left: int = MAX_ITEMS * 10

    def kustomization_path(self, folder: str) -> str:
        """The kustomization file of a folder, "" where it has none."""
        return self.kustomizations.get(folder, "")

    @cached_property
    def kustomizations(self) -> dict[str, str]:
        """The kustomization file of each folder that has one; kustomize refuses a folder with several."""
        found = sorted(path for path in self.paths if path.endswith(_NAMES) and is_kustomization(path))
        return {posixpath.dirname(path): path for path in found}

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, the root as ""."""
        return frozenset(_folders(self._below))

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        """The files of each folder."""
        found: dict[str, list[str]] = {}
        for path in sorted(self.paths):
            found.setdefault(path.rpartition("/")[0], []).append(path)
        return found

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        """The folders right below each folder."""
        found: dict[str, list[str]] = {}
        for folder in sorted(self.folders - {""}):
            found.setdefault(posixpath.dirname(folder), []).append(folder)
        return found

    def kustomization(self, folder: str) -> Kustomization | None:
        """The kustomization file of a folder as a value, None where it has none."""
        if folder not in self._files:
            path = self.kustomization_path(folder)
            parsed = self.read(path) if path else None
            found = Kustomization(path, opaque=True) if path else None
            self._files[folder] = read_kustomization(path, parsed, self.read) if parsed is not None else found
        return self._files[folder]

    def folder(self, folder: str, stack: tuple[str, ...] = ()) -> Build:
        """The build of a folder that has a kustomization file; one that includes itself builds nothing known."""
        if folder in self._made:
            return self._made[folder]
        file = self.kustomization(folder)
        if file is None or folder in stack or len(stack) > MAX_DEPTH:
            return _UNKNOWN
        self._made[folder] = found = self.build(file, (*stack, folder))
        return found

    def applied(self, folder: str, layer: Layer, components: tuple[str | None, ...]) -> Build:
        """The build of a Flux Kustomization's path: kustomize-controller makes a kustomization where there is none."""
        file = self.kustomization(folder) or self.generated(folder)
        return self.build(file.extended(layer, components), (folder,))

    def generated(self, folder: str) -> Kustomization:
        """What kustomize-controller writes into a folder without one: all YAML below, and folders that have one."""
        found: list[str] = []
        stack = [folder]
        while stack:
            here = stack.pop()
            if here != folder and self.kustomization_path(here):
                found.append(here)
                continue
            found += [path for path in self._below.get(here, ()) if path.endswith((".yaml", ".yml"))]
            hidden = here == ""
            stack += [c for c in self._children.get(here, ()) if not (hidden and c in _LEFT_OUT)]
        return Kustomization(posixpath.join(folder, "kustomization.yaml"), resources=tuple(sorted(found)))

    def build(self, file: Kustomization, stack: tuple[str, ...]) -> Build:
        """Take in resources, then generators, then components, then apply the file's own layer: kustomize 5's order."""
        if self._left <= 0:
            return _UNKNOWN
        items: list[Item] = []
        parts: list[Build] = []
        for path in file.resources:
            if path is not None and path in self.paths:
                items.append(Item(path))
                continue
            part = self.folder(path, stack) if path is not None and path in self.folders else _UNKNOWN
            parts.append(part)
            items += part.items
        items += [Item(file.path, (), kind, entry, hashed) for kind, entry, hashed in file.generated]
        layers: list[Layer] = []
        for path in file.components:
            part = self.folder(path, stack) if path is not None and path in self.folders else _UNKNOWN
            parts.append(part)
            items = [*_under(items, part.layers), *part.items]
            layers += part.layers
        layers += [] if file.layer.empty else [file.layer]
        items = _under(items, () if file.layer.empty else (file.layer,))
        self._left -= len(items) + 1
        return _bounded(file, items, parts, tuple(layers))


def _bounded(file: Kustomization, items: list[Item], parts: list[Build], layers: tuple[Layer, ...]) -> Build:
    gaps = {file.layer.namespace or gap for part in parts for gap in part.gaps}
    if file.opaque or len(items) > MAX_ITEMS:
        gaps.add("" if len(items) > MAX_ITEMS else file.layer.namespace)
    uses = {file.path, *file.uses}.union(*(part.uses for part in parts))
    includes = {path for path in (*file.resources, *file.components) if path}.union(*(part.includes for part in parts))
    return Build(tuple(items[:MAX_ITEMS]), frozenset(uses), layers, frozenset(gaps), frozenset(includes))


def _under(items: Iterable[Item], layers: tuple[Layer, ...]) -> list[Item]:
    if not layers:
        return list(items)
    return [item._replace(layers=item.layers + layers) for item in items]


# what source-controller leaves out of an artifact
_LEFT_OUT = frozenset({".git", ".github", ".circleci"})


def _folders(known: Iterable[str]) -> set[str]:
    found = {""}
    for folder in known:
        while folder and folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)  # noqa: PLW2901 -- walks up
    return found
