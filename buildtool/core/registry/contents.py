"""What a registry answers, as values: its kind and clock, manifests, and how tags can be removed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)


class ServerKind(StrEnum):
    """The software of the registry; `UNKNOWN` where its answers do not say."""

    HARBOR = "harbor"
    UNKNOWN = "unknown"


class TagRemoval(StrEnum):
    REMOVED = "removed"
    ABSENT = "absent"
    UNSUPPORTED = "unsupported"


class RemovalWay(StrEnum):
    """How this registry can remove one tag."""

    BY_TAG = "by tag"
    BY_DIGEST = "by a digest of its own"
    HARBOR = "through Harbor's API"
    UNKNOWN = "not known"
    NONE = "not at all"


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """The answer to `/v2/`: the scheme in use, the server, and its clock (None without a Date header)."""

    url: str
    kind: ServerKind
    date: datetime | None


@dataclass(frozen=True, slots=True)
class CopiedBlobs:
    """What a copy of an image took: blobs that were there, were mounted from a neighbour, were sent; and bytes sent."""

    present: int
    mounted: int
    sent: int
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest or index exactly as stored: `digest` is sha256 over `body`."""

    media_type: str
    digest: str
    body: bytes = field(repr=False)

    @property
    def is_index(self) -> bool:
        return self.media_type in INDEX_TYPES

    def document(self) -> dict[str, Any]:
        value = json.loads(self.body)
        if not isinstance(value, dict):
            raise TypeError("a manifest is a JSON object")
        return value
