"""The keys of a JSON document, as its page in docs/json.md names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


def keys(value: Any, free: Collection[str] = (), path: str = "") -> Iterator[str]:
    """Dotted paths, with `[]` behind a list; below the paths `free` users choose the names, which are `*`."""
    if isinstance(value, dict):
        for key, part in value.items():
            name = "*" if path in free else key
            yield from keys(part, free, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        if not value or not isinstance(value[0], dict):
            yield f"{path}[]"
        for part in value:
            if isinstance(part, dict):
                yield from keys(part, free, f"{path}[]")
    else:
        yield path
