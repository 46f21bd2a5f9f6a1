"""Caches `type=local` of a bake definition: other folders to write to, and none to read from that are not there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from buildtool.core.build.cache_options import local_cache, with_folder
from buildtool.core.build.definition import escape, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from buildtool.core.build.definition import BakeDefinition


def redirected(
    definition: BakeDefinition, folders: Mapping[str, str | None], is_there: Callable[[str], bool]
) -> BakeDefinition:
    """The definition that writes each cache to another folder; one that maps to None is not written.

    A source whose folder holds no cache (`is_there`) is left out: buildx prints a warning for it, which is none.
    """
    targets = {name: _target(target, folders, is_there) for name, target in definition.document["target"].items()}
    kept = [path for path in definition.writes if path not in folders]
    writes = (*kept, *(folder for folder in folders.values() if folder is not None))
    return replace(definition, document={**definition.document, "target": targets}, writes=writes)


def _target(
    target: Mapping[str, Any], folders: Mapping[str, str | None], is_there: Callable[[str], bool]
) -> dict[str, Any]:
    read = [one for one in target.get("cache-from", ()) if _readable(literal(one), is_there)]
    written = _written([literal(one) for one in target.get("cache-to", ())], folders)
    changed = {"cache-from": read, "cache-to": written}
    rest = {key: value for key, value in target.items() if key not in changed}
    return rest | {key: value for key, value in changed.items() if value}


def _readable(cache: str, is_there: Callable[[str], bool]) -> bool:
    folder = local_cache(cache, "src")
    return folder is None or is_there(folder)


def _written(caches: Sequence[str], folders: Mapping[str, str | None]) -> list[str]:
    left_out = {folder for folder, other in folders.items() if other is None}
    kept = [cache for cache in caches if local_cache(cache, "dest") not in left_out]
    return [escape(with_folder(cache, "dest", lambda folder: folders.get(folder) or folder)) for cache in kept]
