"""Tiny real images, uploaded as any client does: blobs first, then the manifest."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from buildtool.adapters.registry.http.status_codes import refusal
from buildtool.adapters.registry.login.session import Request
from buildtool.core.registry.contents import Manifest
from tests.support.memory.registry import MemoryRegistry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.adapters.registry import RegistryClient
    from buildtool.core.image.names import Repository

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


@dataclass(frozen=True)
class Image:
    config: bytes
    layer: bytes
    manifest: Manifest


def sha256(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def image(
    content: str = "hello",
    *,
    architecture: str = "arm64",
    docker: bool = False,
    labels: Mapping[str, str] | None = None,
) -> Image:
    """One layer with one file; the same arguments always give the same bytes."""
    tar = _tar(content.encode())
    layer = gzip.compress(tar, mtime=0)
    config = _json(
        {
            "architecture": architecture,
            "os": "linux",
            "config": {"Labels": dict(labels or {"org.opencontainers.image.revision": "a" * 40})},
            "rootfs": {"type": "layers", "diff_ids": [sha256(tar)]},
            "history": [{"created_by": "test"}],
        }
    )
    kind = DOCKER_MANIFEST if docker else OCI_MANIFEST
    document = {
        "schemaVersion": 2,
        "mediaType": kind,
        "config": _descriptor(DOCKER_CONFIG if docker else OCI_CONFIG, config),
        "layers": [_descriptor(DOCKER_LAYER if docker else OCI_LAYER, layer)],
    }
    return Image(config, layer, manifest(kind, document))


def index(*images: Image, docker: bool = False) -> Manifest:
    """An index over images, by the platform in each config."""
    entries = [
        {
            "mediaType": one.manifest.media_type,
            "digest": one.manifest.digest,
            "size": len(one.manifest.body),
            "platform": {"os": "linux", "architecture": json.loads(one.config)["architecture"]},
        }
        for one in images
    ]
    kind = DOCKER_LIST if docker else OCI_INDEX
    return manifest(kind, {"schemaVersion": 2, "mediaType": kind, "manifests": entries})


def manifest(kind: str, document: dict[str, Any]) -> Manifest:
    body = _json(document)
    return Manifest(kind, sha256(body), body)


def upload(client: RegistryClient | MemoryRegistry, repository: Repository, one: Image, *tags: str) -> Image:
    """Put the blobs, the manifest by digest, and each tag."""
    for blob in (one.config, one.layer):
        upload_blob(client, repository, blob)
    for reference in tags or (one.manifest.digest,):
        client.put_manifest(repository, reference, one.manifest)
    return one


def upload_blob(client: RegistryClient | MemoryRegistry, repository: Repository, body: bytes) -> None:
    """POST for a place, PUT the bytes there; with the client's own retries around each whole blob."""
    if isinstance(client, MemoryRegistry):
        client.put_blob(repository, body)
        return
    path = f"/v2/{repository.path}/blobs/uploads/"
    scope = f"repository:{repository.path}:pull,push"

    def attempt() -> None:
        start = client.session.once(Request("POST", path, scope, content=b""))
        if start.status != 202 or "Location" not in start.headers:
            raise refusal(start, repository.path)
        place = client.session.own_path(start.headers["Location"], path)
        target = f"{place}{'&' if '?' in place else '?'}digest={sha256(body)}"
        kind = {"Content-Type": "application/octet-stream"}
        done = client.session.once(Request("PUT", target, scope, kind, body))
        if done.status != 201:
            raise refusal(done, repository.path)

    client.session.healing(attempt)


def _descriptor(kind: str, body: bytes) -> dict[str, Any]:
    return {"mediaType": kind, "digest": sha256(body), "size": len(body)}


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def _tar(content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo("hello.txt")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()
