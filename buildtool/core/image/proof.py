"""An image as read back from where it went, compared with the build that was asked for: digest, platforms, revision."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from buildtool.core.image.content_hash import content_hash
from buildtool.core.image.labels import REVISION
from buildtool.core.image.names import Platform
from buildtool.core.image.started import Command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# BuildKit's attestations are children of the index of this "platform" (OCI image index, in-toto attestation manifests).
ATTESTATION = "unknown/unknown"
_DIGEST = re.compile(r"[a-z0-9+._-]{1,32}:[A-Za-z0-9=_-]{1,256}")
_MOST_PLATFORMS = 200
_MOST_LAYERS = 1000


@dataclass(frozen=True, slots=True)
class PushedImage:
    """One platform of an image, from its manifest and config as read back (never from the build's settings).

    `size` is in bytes: config and compressed layers. `command` is what it starts, `layers` are digests, lowest first.
    `content_hash` is equal for two builds with the same layers and settings, see `core.image.content_hash`.
    """

    digest: str
    platform: Platform
    labels: Mapping[str, str]
    size: int
    command: Command = field(default=Command(()))
    layers: Sequence[str] = field(default=())
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """An image as it was read back by digest."""

    digest: str
    images: Sequence[PushedImage]

    @property
    def platforms(self) -> list[Platform]:
        return sorted(image.platform for image in self.images)

    @property
    def size(self) -> int:
        return sum(image.size for image in self.images)

    def label(self, name: str) -> str | None:
        """A label all platforms agree on."""
        values = {image.labels.get(name) for image in self.images}
        return values.pop() if len(values) == 1 else None

    def has_same_content(self, other: Proof) -> bool:
        """Whether both images have the same platforms, and the same content hash for each.

        False where a content hash is not known ("").
        """
        mine, theirs = ({image.platform: image.content_hash for image in proof.images} for proof in (self, other))
        return bool(mine) and mine == theirs and "" not in mine.values()


def children(index: Mapping[str, Any]) -> list[str]:
    """Digests of the platforms of an index, without attestations; raises ValueError where it is none."""
    found = []
    for entry in _parts(index, "manifests", _MOST_PLATFORMS):
        platform = _mapping(entry.get("platform"))
        if f"{platform.get('os')}/{platform.get('architecture')}" != ATTESTATION:
            found.append(_digest(entry))
    return found


def config_digest(manifest: Mapping[str, Any]) -> str:
    """The digest of the config; raises ValueError where the manifest names none."""
    return _digest(_mapping(manifest.get("config")))


def read_image(digest: str, manifest: Mapping[str, Any], config: Any) -> PushedImage:
    """A platform from its manifest and config; raises ValueError where they are not an image's."""
    config = _mapping(config)
    if not isinstance(config.get("os"), str) or not isinstance(config.get("architecture"), str):
        raise ValueError(f"the config of {digest} names no os and architecture: not a container image")  # noqa: TRY004
    platform = Platform(config["os"], config["architecture"], str(config.get("variant") or "")).normalized()
    settings = _mapping(config.get("config"))
    layers = _parts(manifest, "layers", _MOST_LAYERS)
    return PushedImage(
        digest=digest,
        platform=platform,
        labels={name: value for name, value in _mapping(settings.get("Labels")).items() if isinstance(value, str)},
        size=sum(_size(part) for part in [_mapping(manifest.get("config")), *layers]),
        command=_command(settings),
        layers=tuple(_digest(layer) for layer in layers),
        content_hash=content_hash(manifest, config),
    )


def _command(settings: Mapping[str, Any]) -> Command:
    words = _texts(settings.get("Entrypoint")) + _texts(settings.get("Cmd"))
    folder = settings.get("WorkingDir") or "/"
    if not isinstance(folder, str):
        raise ValueError("the working directory is no text")  # noqa: TRY004 -- a wrong value of the input
    return Command(words, _texts(settings.get("Env")), folder)


def _mapping(value: Any) -> dict[str, Any]:
    """Go writes null for what is empty."""
    if value is not None and not isinstance(value, dict):
        raise ValueError("an object is something else")
    return value or {}


def _parts(document: Mapping[str, Any], key: str, most: int) -> list[dict[str, Any]]:
    entries = document.get(key) or []
    if not isinstance(entries, list) or len(entries) > most or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f"{key} is no list of at most {most} objects")
    return entries


def _texts(value: Any) -> tuple[str, ...]:
    if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise ValueError("a list of texts is something else")
    return tuple(value or ())


def _digest(descriptor: Mapping[str, Any]) -> str:
    value = descriptor.get("digest")
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise ValueError(f"a digest is {str(value)[:80]!r}")
    return value


def _size(descriptor: Mapping[str, Any]) -> int:
    value = descriptor.get("size", 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise ValueError("a size is no number of bytes")
    return value


def problems(proof: Proof, *, digest: str, platforms: Sequence[Platform], revision: str) -> list[str]:
    """The differences between the image that is there and the one that was to be built; [] where there is none."""
    found = []
    if proof.digest != digest:
        found.append(f"the builder reported digest {digest}, what is there is {proof.digest}")
    wanted, there = {platform.normalized() for platform in platforms}, set(proof.platforms)
    actually = ", ".join(map(str, sorted(there))) or "empty"
    found += [f"platform {platform} was asked for, the image is {actually}" for platform in sorted(wanted - there)]
    if wanted <= there:
        found += [f"the image also holds {platform}, which was not asked for" for platform in sorted(there - wanted)]
    for image in proof.images:
        actual = image.labels.get(REVISION)
        if actual != revision:
            found.append(f"{image.platform}: label {REVISION} is {actual!r}, HEAD is {revision!r}")
    return found
