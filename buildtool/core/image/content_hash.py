"""A hash over layers and configuration of an image, without its times and commit: equal for builds of equal content.

A build of another commit often has the same content as the published image. Then the published tag stays, and nothing
is rolled out. A newer base image gives other layers, and so a new tag.
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
    """The hash of one platform's image, from its manifest and config; "" where the config does not name the layers.

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
