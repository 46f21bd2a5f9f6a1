"""The values that go into and come out of the setters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class LatestImage:
    """What an ImagePolicy selected (`.status.latestRef`): image, tag, and digest if asked for."""

    name: str
    tag: str
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.name}:{self.tag}" + (f"@{self.digest}" if self.digest else "")

    def value(self, suffix: str) -> str:
        """What Flux writes at a marker with that suffix ("", "tag", "name" or "digest")."""
        return {"": str(self), "tag": self.tag, "name": self.name, "digest": self.digest}[suffix]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that Flux replaces. `line` and `column` count from 1 and point at the old value.

    `target` is the file that Flux writes; it differs from `path` only for the items of a List, which Flux moves into
    files of their own.
    """

    path: str
    line: int
    column: int
    old: str
    new: str
    setter: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that holds the marker's token and that Flux skips without a report. `line` is 0 where there is none."""

    path: str
    reason: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Reformatted:
    """A file of which Flux rewrites more than the values, with what it changes."""

    path: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What one run of Flux's image automation would do.

    `files` holds the new text of every file that changes or appears, by its path from the root of the repository.
    `errors` is not empty where the whole run fails: then nothing changes at all.
    """

    changes: tuple[Change, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    reformatted: tuple[Reformatted, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Marker:
    """One comment with `$imagepolicy` in it, and what Flux makes of it.

    `line` and `column` (from 1) point at the `#`. `namespace`, `name` and `suffix` are what it seems to say, also
    where Flux does not see it; `problem` is then one word and `reason` one sentence. `value` is the scalar that Flux
    would replace, or the one beside an unseen marker, None where there is none; `style` is how it is written.
    """

    path: str
    line: int
    column: int
    text: str
    namespace: str = ""
    name: str = ""
    suffix: str = ""
    seen: bool = False
    problem: str = ""
    reason: str = ""
    value: str | None = None
    value_line: int = 0
    value_column: int = 0
    style: str = ""

    @property
    def setter(self) -> str:
        """`namespace:name[:suffix]`, as Flux names it."""
        return ":".join(part for part in (self.namespace, self.name, self.suffix) if part)
