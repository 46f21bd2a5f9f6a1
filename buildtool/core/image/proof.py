"""What was pushed against what was asked for: the digest, every platform, the revision."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from buildtool.core.build.labels import REVISION
from buildtool.core.image.names import Platform
from buildtool.core.image.result import result_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# BuildKit's attestations are children of the index of this "platform" (OCI image index, in-toto attestation manifests).
ATTESTATION = "unknown/unknown"


@dataclass(frozen=True, slots=True)
class PushedImage:
    """One platform as it is in the registry: from its manifest and its config, never from what was asked for.

    `size` is in bytes: config and compressed layers. `command` is what it starts, `layers` are digests, lowest first.
    `result` is equal for two builds that came to the same image, see `core.image.result`.
    """

    digest: str
    platform: Platform
    labels: Mapping[str, str]
    size: int
    command: Sequence[str] = field(default=())
    environment: Sequence[str] = field(default=())
    layers: Sequence[str] = field(default=())
    result: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was read back by digest."""

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


def children(index: Mapping[str, Any]) -> list[str]:
    """Digests of the platforms of an index, without attestations."""
    found = []
    for entry in index.get("manifests") or []:
        platform = entry.get("platform") or {}
        if f"{platform.get('os')}/{platform.get('architecture')}" != ATTESTATION:
            found.append(str(entry["digest"]))
    return found


def read_image(digest: str, manifest: Mapping[str, Any], config: Mapping[str, Any]) -> PushedImage:
    """A platform from its manifest and config; raises ValueError where they are not an image's."""
    if not isinstance(config.get("os"), str) or not isinstance(config.get("architecture"), str):
        raise ValueError(f"the config of {digest} names no os and architecture: not a container image")  # noqa: TRY004
    platform = Platform(config["os"], config["architecture"], str(config.get("variant") or "")).normalized()
    settings = config.get("config") or {}
    layers = manifest.get("layers") or []
    return PushedImage(
        digest=digest,
        platform=platform,
        labels=dict(settings.get("Labels") or {}),
        size=sum(part.get("size", 0) for part in [manifest.get("config") or {}, *layers]),
        command=tuple(settings.get("Entrypoint") or settings.get("Cmd") or ()),
        environment=tuple(settings.get("Env") or ()),
        layers=tuple(str(layer["digest"]) for layer in layers),
        result=result_of(manifest, config),
    )


def problems(proof: Proof, *, digest: str, platforms: Sequence[Platform], revision: str) -> list[str]:
    """Every way in which what is in the registry is not what was to be built; empty when it is."""
    found = []
    if proof.digest != digest:
        found.append(f"the builder reported digest {digest}, the registry has {proof.digest}")
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
