"""Layer caches as buildx writes them (`type=registry,ref=…`, `type=local,dest=…`): read, and made safe for a push.

Facts: a cache that cannot be written fails the build unless it says `ignore-error=true`, whatever its type (BuildKit's
control/control.go); Harbor refuses a cache that is an index (`image-manifest=true`, BuildKit 0.21's default).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.build.local_paths import fields, join_fields
from buildtool.core.image.names import Repository

if TYPE_CHECKING:
    from collections.abc import Callable

_REGISTRY, _LOCAL, _INLINE = "registry", "local", "inline"
_TO_REGISTRY = {"mode": "max", "image-manifest": "true", "oci-mediatypes": "true"}
_LENIENT = "ignore-error"
_HTTP = "registry.insecure"


def registry_cache(reference: str, *, insecure: bool) -> tuple[str, str]:
    """`cache-from` and `cache-to` for a cache kept in the registry under a reference that no policy can see."""
    common = {"type": _REGISTRY, "ref": reference} | ({_HTTP: "true"} if insecure else {})
    return join_fields(common), join_fields(common | _TO_REGISTRY | {_LENIENT: "true"})


def folder_cache(folder: str) -> tuple[str, str]:
    """`cache-from` and `cache-to` for a cache kept in a folder."""
    write = {"type": _LOCAL, "dest": folder, "mode": "max", "oci-mediatypes": "true", _LENIENT: "true"}
    return join_fields({"type": _LOCAL, "src": folder}), join_fields(write)


def completed(cache: str, is_insecure: Callable[[str], bool], *, writes: bool) -> str:
    """A cache that a configuration names, as bake is given it.

    One that is written must not fail the build, and one in a registry (`host[:port]`) of HTTP is reached so, both
    unless it says otherwise.
    """
    found = _options(cache)
    kind = found.get("type")
    if kind in {None, _INLINE} or ("=" not in cache and "," in cache):
        return cache
    more = {_LENIENT: "true"} if writes else {}
    if kind == _REGISTRY and is_insecure(found.get("ref", "").partition("/")[0]):
        more[_HTTP] = "true"
    missing = {key: value for key, value in more.items() if key not in found}
    return join_fields(found | missing) if missing else cache


def is_inline(cache: str) -> bool:
    """Whether a cache is part of the image itself: the one that every builder can write."""
    return _options(cache).get("type") == _INLINE


def is_registry_cache(cache: str) -> bool:
    """Whether a cache is kept in a registry: `type=registry,…`, or a reference alone."""
    return "=" not in cache or _options(cache).get("type") == _REGISTRY


def local_cache(cache: str, field: str) -> str | None:
    """The folder of a cache `type=local`: `field` is `src` of a source, `dest` of a destination; None for another."""
    found = _options(cache)
    return found.get(field) or None if found.get("type") == _LOCAL else None


def with_folder(cache: str, field: str, change: Callable[[str], str]) -> str:
    """The same with another folder, where it is a cache `type=local`."""
    folder = local_cache(cache, field)
    return cache if folder is None else join_fields(_options(cache) | {field: change(folder)})


def cache_reference(destination: str) -> tuple[Repository, str] | None:
    """Repository and tag of a `cache-to` that writes to a registry (`type=registry,ref=HOST/PATH:TAG`, or REF alone).

    None for one of another type, and for text that is no such reference.
    """
    found = _options(destination)
    reference = found.get("ref", "") if found.get("type") == _REGISTRY else ""
    host, slash, path = reference.partition("/")
    path, _, tag = path.partition(":")
    return (Repository(host, path), tag or "latest") if slash and "@" not in reference else None


def _options(cache: str) -> dict[str, str]:
    """The fields of a cache; a reference alone is one in a registry. {} for what buildx refuses."""
    return fields(cache) if "=" in cache else {"type": _REGISTRY, "ref": cache}
