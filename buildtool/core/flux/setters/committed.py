"""The tags that the manifests name now, beside the markers of one ImagePolicy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.setters.visibility import markers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.flux.setters.changes import Marker


def committed_tags(texts: Mapping[str, str], policy: str) -> tuple[str, ...]:
    """What Flux would replace for `policy` (`namespace:name`), each tag once, in order; `texts` by path."""
    found = [_tag(marker) for path, text in texts.items() for marker in markers(text, path) if _is_of(marker, policy)]
    return tuple(dict.fromkeys(tag for tag in found if tag))


def _is_of(marker: Marker, policy: str) -> bool:
    return marker.seen and f"{marker.namespace}:{marker.name}" == policy and marker.suffix in ("", "tag")


def _tag(marker: Marker) -> str:
    """The tag of `name:tag@digest`, or the whole value of a `:tag` marker."""
    value = marker.value or ""
    if marker.suffix == "tag":
        return value
    return value.partition("@")[0].rpartition("/")[2].partition(":")[2]
