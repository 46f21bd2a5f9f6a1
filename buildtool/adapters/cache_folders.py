"""Layer caches in folders (`type=local`): each build writes a new one, which then takes the place of the old.

BuildKit adds to such a folder and never removes anything, so that one folder would grow without end. The new cache
holds what this build used. A run that is killed at any moment leaves the old cache or the new one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from buildtool.core.build.cache_redirect import redirected
from buildtool.core.build.events import BuildEvent, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from buildtool.core.build.builder import BuilderFacts
    from buildtool.core.build.definition import BakeDefinition

_INDEX = "index.json"  # buildx writes it last
_OURS = frozenset({_INDEX, "index.json.lock", "oci-layout", "blobs", "ingest"})
_IGNORE = "*\n"  # git shows nothing of a folder that ignores itself


class _Builder(Protocol):
    def facts(self) -> BuilderFacts: ...
    def bake(self, definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class RotatedCaches:
    """A builder that renews the folders of its caches.

    `lock` is held for each folder during the build: another run must not take away what this one reads. `own` is a
    folder for caches alone: where it is made here, git is told not to look at it.
    """

    builder: _Builder
    lock: Callable[[str], AbstractContextManager[None]]
    own: Path | None = None

    def facts(self) -> BuilderFacts:
        return self.builder.facts()

    def bake(self, definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> Mapping[str, str]:
        """As the builder does. A folder that cannot be written is an event of the cache, and no failure."""
        with contextlib.ExitStack() as stack:
            fresh = {
                place: stack.enter_context(self._fresh(place, on_event)) for place in sorted(definition.local_caches)
            }
            digests = self.builder.bake(redirected(definition, fresh, _is_cache), on_event)
            for place, folder in fresh.items():
                if folder is not None:
                    with _told(place, on_event):
                        _take_place(_Place(place), Path(folder))
        return digests

    @contextlib.contextmanager
    def _fresh(self, named: str, on_event: Callable[[BuildEvent], None]) -> Iterator[str | None]:
        """A new folder beside the cache's; None where there can be none."""
        place = _Place(named)
        with self.lock(str(place.folder)):
            folder = None
            with _told(named, on_event):
                place.recover()
                place.require_cache()
                hidden = self.own if self.own is not None and not os.path.lexists(self.own) else None
                place.new.mkdir(parents=True)
                if hidden is not None:
                    _hide_from_git(hidden)
                folder = str(place.new)
            try:
                yield folder
            finally:
                shutil.rmtree(place.new, ignore_errors=True)


class _Place:
    """The folder of a cache, with links followed, and the two names beside it that a run uses."""

    def __init__(self, named: str) -> None:
        self.folder = Path(os.path.realpath(named))
        self.new = self.folder.with_name(f".{self.folder.name}.buildtool-new")
        self.old = self.folder.with_name(f".{self.folder.name}.buildtool-old")

    def recover(self) -> None:
        """Clear up behind a run that was killed; the old cache comes back where the new one was not there yet."""
        if os.path.isdir(self.new):
            shutil.rmtree(self.new)
        if os.path.isdir(self.old):
            if not os.path.lexists(self.folder):
                self.old.rename(self.folder)
            else:
                shutil.rmtree(self.old)

    def require_cache(self) -> None:
        """Raises OSError where the folder holds something that no cache has: it would be lost."""
        try:
            foreign = sorted(set(os.listdir(self.folder)) - _OURS)  # noqa: PTH208 -- names are wanted
        except FileNotFoundError:
            return
        if foreign:
            raise FileExistsError(f"it holds {foreign[0]}, which is no part of a cache")


def _take_place(place: _Place, new: Path) -> None:
    """Put the new cache in the place of the old one; nothing where none was written."""
    if not _is_cache(str(new)):
        return
    with contextlib.suppress(FileNotFoundError):
        place.folder.rename(place.old)
    new.rename(place.folder)
    shutil.rmtree(place.old, ignore_errors=True)


def _is_cache(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, _INDEX))  # noqa: PTH118 -- text in


def _hide_from_git(folder: Path) -> None:
    (folder / ".gitignore").write_text(_IGNORE, encoding="utf-8")


@contextlib.contextmanager
def _told(place: str, on_event: Callable[[BuildEvent], None]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = f"the layer cache in {place} is not written: {error.strerror or error}"
        on_event(BuildEvent(Step.CACHE, place, text))
