"""Copies an image from one repository to another by its digest: every manifest and blob that it names, and no tag."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from buildtool.adapters.registry.v2 import image_manifests
from buildtool.adapters.registry.v2.blobs import is_there, mounted, patience, upload
from buildtool.adapters.registry.v2.pipe import Pipe
from buildtool.adapters.registry.v2.publish import put
from buildtool.core.registry.contents import CopiedBlobs
from buildtool.errors import REGISTRY_ANSWER, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.adapters.registry.login.session import Session
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import Manifest

_DIGEST = re.compile(r"sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})")
_MOST_MANIFESTS = 200  # an index names a platform and an attestation each; more is no image of ours
_DEEPEST = 4


@dataclass
class ImageCopy:
    """One image on its way; attestations are children of its index like its platforms."""

    source: Session
    target: Session
    here: Repository
    there: Repository
    _manifests: int = 0
    _done: dict[str, None] = field(default_factory=dict)
    _present: int = 0
    _mounted: int = 0
    _sent: list[tuple[str, int]] = field(default_factory=list)

    def run(self, manifest: Manifest) -> CopiedBlobs:
        """Children come before what names them, so that a registry never holds half an image under its digest.

        Every blob that was sent is asked for once more. Raises registry-*.
        """
        self._copy(manifest, 0)
        for digest, _ in self._sent:
            if not is_there(self.target, self.there, digest):
                message = f"it says it stored {digest}, which is not there"
                raise BuildtoolError(REGISTRY_ANSWER, message, place=str(self.there))
        return CopiedBlobs(self._present, self._mounted, len(self._sent), sum(size for _, size in self._sent))

    def _copy(self, manifest: Manifest, depth: int) -> None:
        self._manifests += 1
        if self._manifests > _MOST_MANIFESTS or depth > _DEEPEST:
            raise BuildtoolError(REGISTRY_ANSWER, "its index names too many images", place=str(self.here))
        document = manifest.document()
        for digest, _ in self._entries(document.get("manifests")):
            self._copy(image_manifests.get(self.source, self.here, digest), depth + 1)
        config = document.get("config")
        blobs = [*self._entries([config] if config is not None else []), *self._entries(document.get("layers"))]
        for digest, size in blobs:
            if digest not in self._done:
                self._blob(digest, size)
                self._done[digest] = None
        if image_manifests.digest(self.target, self.there, manifest.digest) != manifest.digest:
            put(self.target, self.there, manifest.digest, manifest)

    def _entries(self, entries: Any) -> Iterator[tuple[str, int]]:
        """Digest and size of each; without those that are kept somewhere else (`urls`), as every copy leaves them."""
        for entry in entries if isinstance(entries, list) else []:
            digest = entry.get("digest") if isinstance(entry, dict) else None
            size = entry.get("size") if isinstance(entry, dict) else None
            if not isinstance(digest, str) or not _DIGEST.fullmatch(digest) or type(size) is not int or size < 0:
                raise BuildtoolError(REGISTRY_ANSWER, "a manifest names no digest and size", place=str(self.here))
            if not entry.get("urls"):
                yield digest, size

    def _blob(self, digest: str, size: int) -> None:
        if is_there(self.target, self.there, digest):
            self._present += 1
        elif self.here.host == self.there.host and mounted(self.target, self.here.path, self.there, digest):
            self._mounted += 1
        else:
            body = Pipe(self.source, self.here, digest, size, patience(size))
            upload(self.target, self.there, digest, size, body)
            self._sent.append((digest, size))
