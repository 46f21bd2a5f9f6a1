"""The key `inputs` of an image: globs, from buildtool.toml, that choose which files of a context count."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from buildtool.core.text.globs import matches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.build.ignorefile import EntryFilter, Seen

_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class InputGlobs:
    """Of what `rules` let through, only files that one of the globs takes.

    `context` and `root` are the absolute folders that paths and globs count from; `apart` are folders of the context
    that are not entered.
    """

    rules: EntryFilter
    globs: tuple[str, ...]
    context: str
    root: str
    apart: Sequence[str] = ()

    def enter(self, path: str, above: Seen, *, folder: bool) -> Seen:
        """As EntryFilter says. Folders count only with a file in them."""
        seen = self.rules.enter(path, above, folder=folder)
        if posixpath.basename(path) == ".git":
            return seen
        named = self._named(path)
        if folder:
            return replace(seen, sent=False, skips=seen.skips or path in self.apart or not self._may_hold(named))
        return replace(seen, sent=seen.sent and matches(named, self.globs))

    def _named(self, path: str) -> str:
        """The path from the folder of the configuration."""
        place = posixpath.join(self.context, path)
        return place[len(self.root) + 1 :] if place.startswith(self.root + "/") else posixpath.relpath(place, self.root)

    def _may_hold(self, folder: str) -> bool:
        """Whether a glob might take something below the folder."""
        return folder.startswith("..") or folder == "." or any(_meet(folder, _fixed(glob)) for glob in self.globs)


def _fixed(glob: str) -> str:
    """The folders and names that a glob begins with, up to the first wildcard."""
    parts = posixpath.normpath(glob).split("/")
    wild = next((number for number, part in enumerate(parts) if _WILD & set(part)), len(parts))
    return "/".join(parts[:wild])


def _meet(folder: str, fixed: str) -> bool:
    return not fixed or fixed == "." or (folder + "/").startswith(fixed + "/") or (fixed + "/").startswith(folder + "/")
