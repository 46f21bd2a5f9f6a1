"""The repository as the rules see it: read once, every derived fact computed once."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.lint.marker_scan import read_marks
from buildtool.core.flux.manifests import IMAGE_GROUP, from_objects
from buildtool.core.flux.objects import folder_namespaces, is_kustomization, objects_in
from buildtool.errors.findings import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from buildtool.core.flux.lint.marker_scan import Marks
    from buildtool.core.flux.lint.settings import Settings
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.objects import Object
    from buildtool.core.yaml.node import Node
    from buildtool.core.yaml.parser import Parsed

_COMPOSE = re.compile(r"(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml\Z")
_WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml\Z")


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
    parse; `images` the images in the files that are no sources.
    """

    paths: frozenset[str]
    sources: Mapping[str, Source]
    settings: Settings | None = None
    focus: frozenset[str] | None = None
    wide: bool = True
    unread: tuple[Unread, ...] = ()
    images: tuple[ImageLine, ...] = ()

    def cares(self, path: str) -> bool:
        """Whether findings in this file are asked for."""
        return self.focus is None or path in self.focus

    @cached_property
    def namespaces(self) -> Mapping[str, str]:
        return folder_namespaces((source.path, source.parsed) for source in self.sources.values())

    @cached_property
    def objects(self) -> tuple[Object, ...]:
        """The Kubernetes objects of every source, but not those of workflows and compose files."""
        return tuple(
            item for source in self.sources.values() for item in objects_in(source.path, source.parsed, self.namespaces)
        )

    @cached_property
    def manifests(self) -> Manifests:
        return from_objects(self.objects)

    @cached_property
    def policy_specs(self) -> Mapping[str, Node]:
        """The spec of each ImagePolicy as it was read, by `namespace:name`."""
        found = ((item.key, item.root.get("spec")) for item in self.of(IMAGE_GROUP, "ImagePolicy"))
        return {key: spec for key, spec in found if spec is not None}

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

    def defines(self, kind: str, namespace: str, name: str) -> bool:
        return (kind, namespace, name) in self._names

    @cached_property
    def _names(self) -> frozenset[tuple[str, str, str]]:
        return frozenset((item.kind, item.namespace, item.name) for item in self.objects)

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
