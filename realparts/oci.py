"""An image for several platforms as an OCI image layout on disk, and its upload to a registry."""

from __future__ import annotations

import hashlib
import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from realparts.terminal import PartError

_INDEX = "application/vnd.oci.image.index.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_VARIANTS = {"arm64": "v8"}  # as official images say it
_TIMEOUT = 60.0


def write_image(layout: Path, arch: str, tar: bytes, compressed: bytes, command: list[str]) -> dict[str, Any]:
    """Store layer, config and manifest for one architecture; the descriptor of the manifest."""
    platform = {"architecture": arch, "os": "linux"} | ({"variant": _VARIANTS[arch]} if arch in _VARIANTS else {})
    config = {
        **platform,
        "config": {"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "Cmd": command},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(tar).hexdigest()}"]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": _store(layout, _CONFIG, _json(config)),
        "layers": [_store(layout, _LAYER, compressed)],
    }
    return {**_store(layout, _MANIFEST, _json(manifest)), "platform": platform}


def write_index(layout: Path, manifests: list[dict[str, Any]]) -> None:
    """The index over all platforms; with it the layout is complete."""
    (layout / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))
    index = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": manifests}
    (layout / "index.json").write_bytes(_json(index))


def upload(layout: Path, registry: str, repository: str, tag: str) -> None:
    """Write the image to `registry` (host:port, plain HTTP) under `repository:tag`."""
    index = (layout / "index.json").read_bytes()
    connection = http.client.HTTPConnection(registry, timeout=_TIMEOUT)
    try:
        for descriptor in json.loads(index)["manifests"]:
            manifest = _blob(layout, descriptor["digest"]).read_bytes()
            content = json.loads(manifest)
            for part in (content["config"], *content["layers"]):
                _upload_blob(connection, layout, repository, part["digest"])
            _put(connection, f"/v2/{repository}/manifests/{descriptor['digest']}", manifest, _MANIFEST)
        _put(connection, f"/v2/{repository}/manifests/{tag}", index, _INDEX)
    except (OSError, http.client.HTTPException) as error:
        raise PartError(f"the registry {registry} broke off: {error}", "run the same command again") from error
    finally:
        connection.close()


def _upload_blob(connection: http.client.HTTPConnection, layout: Path, repository: str, digest: str) -> None:
    connection.request("HEAD", f"/v2/{repository}/blobs/{digest}")
    answer = connection.getresponse()
    answer.read()
    if answer.status == http.client.OK:
        return
    connection.request("POST", f"/v2/{repository}/blobs/uploads/", headers={"Content-Length": "0"})
    answer = connection.getresponse()
    answer.read()
    location = urlsplit(answer.headers.get("Location", ""))
    query = f"{location.query}&" if location.query else ""
    target = f"{location.path}?{query}digest={digest}"
    _put(connection, target, _blob(layout, digest).read_bytes(), "application/octet-stream")


def _put(connection: http.client.HTTPConnection, target: str, body: bytes, media_type: str) -> None:
    connection.request("PUT", target, body=body, headers={"Content-Type": media_type})
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    if answer.status != http.client.CREATED:
        raise PartError(f"the registry answered {answer.status} to an upload: {text}", "see the registry's log")


def _store(layout: Path, media_type: str, body: bytes) -> dict[str, Any]:
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    path = _blob(layout, digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return {"mediaType": media_type, "digest": digest, "size": len(body)}


def _blob(layout: Path, digest: str) -> Path:
    return layout / "blobs" / Path(*digest.split(":"))


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
