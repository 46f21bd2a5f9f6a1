"""Whether two builds came to the same image: layers and configuration, without what says when and from which commit.

A build of another commit, or a needless one, often gives what is published already. That keeps its tag, so that nothing
is rolled out; a base image that moved gives other layers, and a new tag.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from buildtool.core.image.labels import OF_THE_COMMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIME = "created"


def content_hash(manifest: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    """A digest of what one platform's image is, from its manifest and config; "" where its layers are not named.

    Layers count by what they hold (`rootfs.diff_ids`), not by how they are compressed.
    """
    rootfs, layers = config.get("rootfs"), manifest.get("layers")
    held = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    if not isinstance(held, list) or not isinstance(layers, list) or len(held) != len(layers):
        return ""
    text = json.dumps(_without_the_commit(config), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _without_the_commit(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config without times and without the labels that every commit changes."""
    kept = {key: value for key, value in config.items() if key != _TIME}
    if isinstance(history := config.get("history"), list):
        kept["history"] = [_without(step, {_TIME}) for step in history]
    if isinstance(settings := config.get("config"), dict):
        kept["config"] = settings | {"Labels": _without(settings.get("Labels") or {}, OF_THE_COMMIT)}
    return kept


def _without(value: Any, names: set[str] | frozenset[str]) -> Any:
    return {key: one for key, one in value.items() if key not in names} if isinstance(value, dict) else value
