"""What the finders of `init` find: Dockerfiles with their build settings, and the places that name an image."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Recipe:
    """One image that can be built. Paths count from the root of the repository, "" is the root.

    `hint` is what the image may be called; `image` the reference that a compose file gives it, "" without one; `said`
    the file that says how it is built: the Dockerfile, or a compose file.
    """

    dockerfile: str
    context: str
    hint: str
    said: str
    target: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[str, ...] = ()
    image: str = ""


class NamedIn(StrEnum):
    """What kind of file an image is named in."""

    COMPOSE = "compose"
    MANIFEST = "manifest"
    HELM = "helm"
    KUSTOMIZE = "kustomize"


class Slot(NamedTuple):
    """A value that Flux can write: its place in the file (lines and columns from 1), and which part of the image it is.

    `part` is "" for image:tag, else tag or name; `why_not` says why no comment can stand beside it, "" where one can.
    """

    line: int
    end_line: int
    end_column: int
    part: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ImageUse:
    """An image that a file runs. `image` is without tag; `architectures` are those that its nodeSelector asks for.

    `renames` is the image that an entry of a kustomization.yaml replaces by this one; `renamed` says that such an entry
    replaces the image, so that it runs under no such name.
    """

    path: str
    image: str
    tag: str
    slots: tuple[Slot, ...]
    origin: NamedIn
    architectures: tuple[str, ...] = ()
    renames: str = ""
    renamed: bool = False

    @property
    def line(self) -> int:
        return self.slots[0].line


@dataclass(frozen=True, slots=True)
class Image:
    """An image of buildtool.toml. `path` is the one below the registry's host; `policy` is `namespace:name` or ""."""

    name: str
    recipe: Recipe
    path: str
    platforms: tuple[str, ...]
    policy: str = ""


class Change(NamedTuple):
    """A file to write: its path from the root, its text now (None: there is none), and its text afterwards."""

    path: str
    old: str | None
    new: str


class ByHand(NamedTuple):
    """What `init` does not write: the place (`path` or `path:line`), why, and the text to add there."""

    place: str
    reason: str
    text: str
