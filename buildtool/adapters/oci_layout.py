"""OCI image layouts in a folder of this run, read as a registry is: by digest, every byte checked.

Format: the OCI image layout (`oci-layout`, `index.json`, `blobs/<algorithm>/<hex>`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import stat
from typing import IO, TYPE_CHECKING, Any

from buildtool.core.registry.contents import INDEX_TYPES, MANIFEST_TYPES, Manifest
from buildtool.errors import PROOF_FAILED, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from buildtool.core.image.names import Repository

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_MANIFEST_BYTES = 4 << 20  # what a registry takes
_SMALL_BYTES = 8 << 20
_CHUNK = 1 << 20
_MOST_BLOBS = 10_000


class OciLayouts:
    """The layouts below `root`, one for each image. Every method that reads raises proof-failed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._checked: dict[str, set[str]] = {}  # digests whose bytes were looked at, by the image's repository
        self._names: dict[str, str] = {}

    def folder(self, name: str) -> str:
        """The folder that the layout of an image is written to."""
        return str(self._root / name)

    def open(self, repository: Repository, name: str) -> str:
        """Read the layout of an image as that repository from now on; the digest of its one image.

        Every blob that the image names is there then, with the bytes of its digest.
        """
        self._names[str(repository)] = name
        self._checked[str(repository)] = set()
        document = self._json(self._small(self._root / name, "index.json", _MANIFEST_BYTES), name)
        digests = {_text(entry, "digest") for entry in _entries(document, "manifests")}
        if len(digests) != 1:
            raise _broken(name, f"index.json names {len(digests)} images")
        (digest,) = digests
        self._look(repository, digest)
        return digest

    def manifest(self, repository: Repository, reference: str) -> Manifest:
        """A manifest or index by its digest."""
        name = self._names[str(repository)]
        body = self._read(name, reference, _MANIFEST_BYTES)
        kind = _text(self._json(body, name), "mediaType")
        if kind not in (*INDEX_TYPES, *MANIFEST_TYPES):
            raise _broken(name, f"{reference} is of an unknown type: {kind[:100]!r}")
        return Manifest(kind, reference, body)

    def blob(self, repository: Repository, digest: str) -> bytes:
        """A small blob, such as a config."""
        return self._read(self._names[str(repository)], digest, _SMALL_BYTES)

    @contextlib.contextmanager
    def open_blob(self, repository: Repository, digest: str) -> Iterator[IO[bytes]]:
        """A blob of any size as a file."""
        if digest not in self._checked[str(repository)]:
            raise _broken(self._names[str(repository)], f"{digest[:100]} is no part of the image")
        with self._file(self._names[str(repository)], digest) as file:
            yield file

    def _look(self, repository: Repository, root: str) -> None:
        """Check every blob below `root`, manifests first."""
        name, checked = self._names[str(repository)], self._checked[str(repository)]
        left = [root]
        while left:
            document = self._json(self.manifest(repository, left[0]).body, name)
            checked.add(left.pop(0))
            children = [_text(entry, "digest") for entry in _entries(document, "manifests")]
            left += [digest for digest in dict.fromkeys(children) if digest not in checked and digest not in left]
            config = [document["config"]] if isinstance(document.get("config"), dict) else []
            for entry in [*config, *_entries(document, "layers")]:
                digest = _text(entry, "digest")
                if digest not in checked:
                    with self._file(name, digest) as file:
                        _check(file, digest, name)
                checked.add(digest)
            if len(checked) + len(left) > _MOST_BLOBS:
                raise _broken(name, f"it has more than {_MOST_BLOBS} blobs")

    def _read(self, name: str, digest: str, most: int) -> bytes:
        with self._file(name, digest) as file:
            body = file.read(most + 1)
        if len(body) > most:
            raise _broken(name, f"{digest} is larger than {most >> 20} MiB")
        _compare(digest, _hash(digest, [body]), name)
        return body

    def _file(self, name: str, digest: str) -> IO[bytes]:
        if not _DIGEST.fullmatch(digest):
            raise _broken(name, f"{digest[:100]!r} is no digest")
        algorithm, _, text = digest.partition(":")
        return self._plain(self._root / name, "blobs", algorithm, text)

    def _small(self, folder: Path, path: str, most: int) -> bytes:
        with self._plain(folder, path) as file:
            body = file.read(most + 1)
        if len(body) > most:
            raise _broken(folder.name, f"{path} is larger than {most >> 20} MiB")
        return body

    def _plain(self, folder: Path, *parts: str) -> IO[bytes]:
        """A regular file below the layout's folder, reached through no link."""
        path, shown = folder, "/".join(parts)
        try:
            for part in parts[:-1]:
                path = path / part
                if not stat.S_ISDIR(path.lstat().st_mode):
                    raise _broken(folder.name, f"{shown} is behind a link")
            handle = os.open(path / parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise _broken(folder.name, f"{shown} cannot be read: {error.strerror}") from error
        file = os.fdopen(handle, "rb")
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            file.close()
            raise _broken(folder.name, f"{shown} is not a file")
        return file

    def _json(self, body: bytes, name: str) -> dict[str, Any]:
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise _broken(name, f"a document is no JSON: {error}") from error
        if not isinstance(document, dict):
            raise _broken(name, "a document is no JSON object")
        return document


def _entries(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    entries = document.get(key) or []
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _check(file: IO[bytes], digest: str, name: str) -> None:
    _compare(digest, _hash(digest, iter(lambda: file.read(_CHUNK), b"")), name)


def _hash(digest: str, parts: Any) -> str:
    algorithm = digest.partition(":")[0]
    found = hashlib.new(algorithm)
    for part in parts:
        found.update(part)
    return f"{algorithm}:{found.hexdigest()}"


def _compare(digest: str, actual: str, name: str) -> None:
    if actual != digest:
        raise _broken(name, f"the bytes of {digest} are those of {actual}")


def _broken(name: str, reason: str) -> BuildtoolError:
    fix = "run the same command again; if it fails again, check the disk, and the builder: docker buildx ls"
    return BuildtoolError(PROOF_FAILED, f"{name}: the layout that the builder wrote is not an image: {reason}", fix=fix)
