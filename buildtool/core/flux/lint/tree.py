"""The repository as the rules see it: read once, every derived fact computed once."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.lint.marker_scan import read_marks
from buildtool.core.flux.objects import is_kustomization
from buildtool.core.flux.tree import sourceignore
from buildtool.errors.findings import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from buildtool.core.flux.lint.marker_scan import Marks
    from buildtool.core.flux.lint.settings import Settings
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.objects import Object
    from buildtool.core.flux.tree.model import FluxTree
    from buildtool.core.yaml.node import Node
    from buildtool.core.yaml.parser import Parsed

_COMPOSE = re.compile(r"(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml\Z")
_WORKFLOW = re.compile(r"\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml\Z")


class Source(NamedTuple):
    """One text file. `parsed` has no documents for a file that is not YAML."""

    path: str
    text: str
    parsed: Parsed

    def lines(self) -> list[str]:
        return self.text.split("\n")

    def at(self, node: Node) -> Place:
        return Place(self.path, node.line, node.column)


class Unread(NamedTuple):
    """A file that could not be read or understood: the code of the rule, and what happened."""

    place: Place
    code: str
    message: str


class ImageLine(NamedTuple):
    """An `image:` of a file that no rule needed to parse."""

    place: Place
    image: str


@dataclass(eq=False)
class Tree:
    """Every path of the repository, and the sources that a rule can speak about.

    `focus` are the paths whose findings are asked for, None for all; not `wide` means that no file of the focus is one
    that others are compared with, beyond its setters. `unread` are the files that could not be read, or that do not
    parse; `images` the images in the files that are no sources. `read` gives the documents of such a file.
    """

    paths: frozenset[str]
    sources: Mapping[str, Source]
    settings: Settings | None = None
    focus: frozenset[str] | None = None
    wide: bool = True
    unread: tuple[Unread, ...] = ()
    images: tuple[ImageLine, ...] = ()
    read: Callable[[str], Parsed | None] | None = None

    def cares(self, path: str) -> bool:
        """Whether findings in this file are asked for."""
        return self.focus is None or path in self.focus

    @cached_property
    def flux(self) -> FluxTree:
        """What Flux applies of this tree, and by which names."""
        from buildtool.core.flux.tree.model import FluxTree  # noqa: PLC0415 -- 20 ms, and many a hook needs no model

        texts = {path: one.text for path, one in self.sources.items() if sourceignore.is_one(path)}
        out = sourceignore.left_out(self.paths, texts)
        return FluxTree({path: one.parsed for path, one in self.sources.items()}, self.paths, self.read, left_out=out)

    @cached_property
    def objects(self) -> tuple[Object, ...]:
        """The Kubernetes objects that some cluster gets, with the names it gets them by.

        Those of files that no cluster takes in are not among them.
        """
        return tuple(item for item in self.flux.objects if not item.made)

    @cached_property
    def manifests(self) -> Manifests:
        from buildtool.core.flux.manifests import from_objects  # noqa: PLC0415 -- as above

        return from_objects(self.flux)

    @cached_property
    def marks(self) -> Mapping[str, Marks]:
        """The setter markers of each source that has any."""
        found = {path: read_marks(path, source.text) for path, source in self.sources.items()}
        return {path: marks for path, marks in found.items() if marks.first != (0, 0)}

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, the root as ""."""
        found = {""}
        for path in self.paths:
            folder = posixpath.dirname(path)
            while folder and folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)

    def of(self, group: str, *kinds: str) -> Iterator[Object]:
        """The objects of an API group, of these kinds where any are named."""
        return (item for item in self.objects if item.group == group and (not kinds or item.kind in kinds))

    def lacks(self, item: Object, kind: str, namespace: str, name: str) -> bool:
        """Whether an object that `item` names is certainly in no file that its cluster applies."""
        return self.flux.presence(kind, namespace, name, item.worlds) == "missing"

    def workflows(self) -> Iterator[tuple[Source, Node]]:
        return self._roots(_WORKFLOW)

    def composes(self) -> Iterator[tuple[Source, Node]]:
        return self._roots(_COMPOSE)

    def kustomizations(self) -> Iterator[tuple[Source, Node]]:
        """Kustomize's own files (kustomization.yaml), not Flux's objects."""
        for source in self.sources.values():
            if is_kustomization(source.path):
                yield from ((source, d.root) for d in source.parsed.documents if d.root is not None)

    def _roots(self, pattern: re.Pattern[str]) -> Iterator[tuple[Source, Node]]:
        for source in self.sources.values():
            if pattern.match(source.path if pattern is _WORKFLOW else posixpath.basename(source.path)):
                yield from ((source, d.root) for d in source.parsed.documents[:1] if d.root is not None)


def is_compose(path: str) -> bool:
    return _COMPOSE.search(posixpath.basename(path)) is not None


def is_workflow(path: str) -> bool:
    return _WORKFLOW.match(path) is not None
