"""The labels and annotations of every image: OCI's own keys, and one of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REVISION = "org.opencontainers.image.revision"
SOURCE = "org.opencontainers.image.source"
CREATED = "org.opencontainers.image.created"
VERSION = "org.opencontainers.image.version"
# sha256 over everything the image is made from; an image whose inputs are unchanged keeps its published tag
INPUTS = "dev.buildtool.inputs"

# set on an image of an older commit that was published on purpose: no other run puts its own image on top of it
ALLOW_OLDER = "dev.buildtool.allow-older"


def image_labels(
    *, revision: str, source: str, created: int, version: str, inputs: str, extra: Mapping[str, str]
) -> dict[str, str]:
    """Labels for one image; `created` is unix seconds. The user's own labels cannot replace what the proof reads."""
    own = {
        REVISION: revision,
        SOURCE: source,
        CREATED: datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        VERSION: version,
        INPUTS: inputs,
    }
    return dict(extra) | {key: text for key, text in own.items() if text}
