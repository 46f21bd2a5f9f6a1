"""The paths of this machine that a configuration names inside what buildx reads as one text."""

from __future__ import annotations

import csv

_LAYOUT = "oci-layout://"


def layout_folder(source: str) -> str | None:
    """The folder of a context `oci-layout://FOLDER[:TAG][@DIGEST]`; None for a context of another kind."""
    if not source.startswith(_LAYOUT):
        return None
    folder = source.removeprefix(_LAYOUT).partition("@")[0]
    before, colon, tag = folder.rpartition(":")
    return before if colon and "/" not in tag else folder


def local_cache(cache: str, field: str) -> str | None:
    """The folder of a cache `type=local`: `field` is `src` of a source, `dest` of a destination; None for another."""
    found = fields(cache)
    return found.get(field) or None if found.get("type") == "local" else None


def is_registry_cache(cache: str) -> bool:
    """Whether a cache is kept in a registry: `type=registry,…`, or a reference alone."""
    return "=" not in cache or fields(cache).get("type") == "registry"


def fields(text: str) -> dict[str, str]:
    """The fields of one line of CSV, as buildx reads it; {} for what it would refuse."""
    try:
        [row] = csv.reader([text], strict=True)
    except (csv.Error, ValueError):
        return {}
    pairs = [field.partition("=") for field in row]
    return {key.strip().lower(): value for key, _, value in pairs}
