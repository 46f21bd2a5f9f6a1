"""A registry in memory. The contract tests of `tests/contracts` hold it to the same rules as the real ones."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import threading
from collections import defaultdict
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Self

from buildtool.core.registry.contents import CopiedBlobs, Manifest, RegistryFacts, ServerKind, TagRemoval
from buildtool.errors import REGISTRY_DENIED, REGISTRY_NOT_FOUND, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from buildtool.core.image.names import Repository

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


class MemoryRegistry:
    """Hosts that begin with `mirror` are registries of their own; all others are one.

    `removes_tags` False is a registry with deleting switched off; `kind` and `date` are what its probe tells.
    `refuses_tags`, `refuses_copies` and `keeps_tags` (once written) are hosts, `refuses_push` repositories.
    """

    def __init__(self, *, removes_tags: bool = True, kind: ServerKind = ServerKind.UNKNOWN) -> None:
        self.removes_tags = removes_tags
        self.kind = kind
        self.date: datetime | None = datetime.fromtimestamp(1_707_300_000, UTC)
        self.refuses_push: set[str] = set()
        self.refuses_tags: set[str] = set()
        self.refuses_copies: set[str] = set()
        self.keeps_tags: set[str] = set()
        self.copied: list[str] = []
        self.content: dict[str, object] = {}  # more of each image's config
        self.tagged: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._manifests: dict[tuple[str, str], Manifest] = {}  # by path of the repository, and digest
        self._blobs: dict[tuple[str, str], bytes] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """What is in it stays: clients of one registry come and go."""

    def probe(self, host: str = "") -> RegistryFacts:
        return RegistryFacts("http://memory", self.kind, self.date)

    def tags(self, repository: Repository) -> Iterator[str]:
        with self._lock:
            found = sorted(self.tagged[_key(repository)])
        yield from found

    def manifest(self, repository: Repository, reference: str) -> Manifest:
        with self._lock:
            digest = reference if ":" in reference else self.tagged[_key(repository)].get(reference, "")
            if (_key(repository), digest) not in self._manifests:
                raise BuildtoolError(REGISTRY_NOT_FOUND, f"{repository.at(reference)} is not there", place="memory")
            return self._manifests[_key(repository), digest]

    def digest(self, repository: Repository, reference: str) -> str | None:
        with self._lock:
            if ":" in reference:
                return reference if (_key(repository), reference) in self._manifests else None
            return self.tagged[_key(repository)].get(reference)

    def blob(self, repository: Repository, digest: str) -> bytes:
        if (_key(repository), digest) not in self._blobs:
            raise BuildtoolError(REGISTRY_NOT_FOUND, f"{repository.at(digest)} is not there", place="memory")
        return self._blobs[_key(repository), digest]

    def open_blob(self, repository: Repository, digest: str) -> AbstractContextManager[IO[bytes]]:
        return contextlib.nullcontext(io.BytesIO(self.blob(repository, digest)))

    def put_manifest(self, repository: Repository, tag: str, manifest: Manifest) -> None:
        """`tag` may be the manifest's own digest: it then gets no tag."""
        if ":" not in tag and repository.host in self.refuses_tags:
            raise BuildtoolError(REGISTRY_DENIED, f"{repository.at(tag)} is not allowed", place="memory")
        self._keep(repository, manifest, "" if ":" in tag else tag)

    def _keep(self, repository: Repository, manifest: Manifest, tag: str = "") -> None:
        with self._lock:
            self._manifests[_key(repository), manifest.digest] = manifest
            if tag:
                self.tagged[_key(repository)][tag] = manifest.digest

    def put_blob(self, repository: Repository, body: bytes) -> str:
        self._blobs[_key(repository), digest_of(body)] = body
        return digest_of(body)

    def remove_tag(self, repository: Repository, tag: str) -> TagRemoval:
        with self._lock:
            if tag not in self.tagged[_key(repository)]:
                return TagRemoval.ABSENT
            if not self.removes_tags or repository.host in self.keeps_tags:
                return TagRemoval.UNSUPPORTED
            del self.tagged[_key(repository)][tag]
            return TagRemoval.REMOVED

    def check_push(self, repository: Repository) -> None:
        if _key(repository) in self.refuses_push:
            raise BuildtoolError(REGISTRY_DENIED, f"pushing to {repository} is not allowed", place="memory")

    def add(self, repository: Repository, platforms: Mapping[str, Mapping[str, str]], tag: str = "") -> Manifest:
        """Store an image: labels by platform (`linux/arm64`). One platform is a manifest, several are an index."""
        single = [self._image(repository, platform, labels) for platform, labels in platforms.items()]
        manifest = single[0] if len(single) == 1 else self._index(dict(zip(platforms, single, strict=True)))
        for one in (*single, manifest):
            self._keep(repository, one)
        if tag:
            self._keep(repository, manifest, tag)
        return manifest

    def copy(self, source: Repository, target: Repository, manifest: Manifest) -> CopiedBlobs:
        """Everything that an image names, and no tag."""
        if target.host in self.refuses_copies:
            raise BuildtoolError(REGISTRY_DENIED, f"{target} takes nothing", place="memory")
        entries = manifest.document().get("manifests", ())
        for one in [self.manifest(source, entry["digest"]) for entry in entries] or [manifest]:
            self.put_blob(target, self.blob(source, one.document()["config"]["digest"]))
            self._keep(target, one)
        self._keep(target, manifest)
        self.copied.append(str(target))
        return CopiedBlobs(0, 0, 1, 1)

    def _image(self, repository: Repository, platform: str, labels: Mapping[str, str]) -> Manifest:
        system, _, architecture = platform.partition("/")
        settings = {"os": system, "architecture": architecture, "config": {"Labels": dict(labels)}} | self.content
        config = self.put_blob(repository, json.dumps(settings).encode())
        document = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": config, "size": 1},
            "layers": [],
        }
        return _manifest(MANIFEST, document)

    def _index(self, images: Mapping[str, Manifest]) -> Manifest:
        entries = [
            {"digest": image.digest, "platform": dict(zip(("os", "architecture"), platform.split("/"), strict=True))}
            for platform, image in images.items()
        ]
        return _manifest(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})


def _manifest(kind: str, document: object) -> Manifest:
    body = json.dumps(document).encode()
    return Manifest(kind, digest_of(body), body)


def _key(repository: Repository) -> str:
    return str(repository) if repository.host.startswith("mirror") else repository.path
