"""Images of the docker engine: saved as OCI layouts, and loaded from them.

`docker save` writes a layout since Docker 25; `docker load` takes one with the containerd image store, and by
`manifest.json` without it. Both are archives.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import secrets
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildtool import errors
from buildtool.adapters import process
from buildtool.core.image.proof import children, config_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

_SECONDS = 3600.0  # gigabytes on a Pi's card
_SHORT = 60.0
_MOST_ENTRIES = 20_000
_PARTS = re.compile(r"oci-layout|index\.json|blobs/(?:sha256|sha512)/[0-9a-f]{64,128}")


class EngineImages:
    """The engine that `environment` names; `has_containerd_store` asks it."""

    def __init__(self, environment: Mapping[str, str], has_containerd_store: Callable[[], bool]) -> None:
        self._environment = dict(environment)
        self._has_containerd_store = has_containerd_store

    def keeps_several_platforms(self) -> bool:
        return self._has_containerd_store()

    def passing_name(self, image: str) -> str:
        """A name that no other run uses."""
        del image  # its name need not be one of docker's
        return f"localhost/buildtool-build:{secrets.token_hex(8)}"

    def save(self, reference: str, folder: str) -> None:
        """Write an image as an OCI layout to a folder that is not there yet."""
        with tempfile.TemporaryDirectory(prefix="buildtool-save-") as place:
            archive = Path(place) / "image.tar"
            self._docker("save", "--output", str(archive), reference)
            try:
                _unpack(archive, Path(folder))
            except (tarfile.TarError, EOFError) as error:
                raise _unusable(f"docker save wrote no archive: {error}") from error
        if not os.path.isfile(Path(folder) / "index.json"):
            raise _unusable("docker save of this engine writes no OCI layout, which Docker 25 and newer do")

    def load(self, folder: str, reference: str, ids: Collection[str]) -> None:
        """Take the image of a layout under a name; raises proof-failed where the engine has another id for it then."""
        passing = self.passing_name(reference)
        try:
            with tempfile.TemporaryDirectory(prefix="buildtool-load-") as place:
                archive = Path(place) / "image.tar"
                _pack(Path(folder), archive, passing)
                self._docker("load", "--quiet", "--input", str(archive))
            found = self._docker("image", "inspect", "--format", "{{.Id}}", passing).strip()
            if found not in ids:
                message = f"the engine made {found or 'nothing'} of {' or '.join(sorted(ids))}, which was loaded"
                raise errors.BuildtoolError(errors.PROOF_FAILED, message, fix="docker info says what the engine is")
            self._docker("tag", passing, reference)
        finally:
            self.remove([passing])

    def remove(self, references: Sequence[str]) -> None:
        """Take names away, as far as they are there."""
        with contextlib.suppress(process.ProgramError):
            process.run(["docker", "image", "rm", *references], env=self._environment, timeout=_SHORT)

    def _docker(self, *arguments: str) -> str:
        try:
            return process.run(["docker", *arguments], env=self._environment, timeout=_SECONDS).stdout
        except process.ProgramMissingError as error:
            raise errors.BuildtoolError(errors.DOCKER_MISSING, str(error)) from error
        except process.ProgramError as error:
            raise _unusable(f"docker {arguments[0]}: {error.stderr.strip() or error}") from error


def _unpack(archive: Path, folder: Path) -> None:
    """The parts of a layout in an archive, and nothing else of it: no links, no paths of its own."""
    folder.mkdir()
    with tarfile.open(archive, "r:") as opened:
        for number, member in enumerate(opened):
            if number > _MOST_ENTRIES:
                raise _unusable(f"docker save wrote more than {_MOST_ENTRIES} entries")
            source = opened.extractfile(member) if member.isreg() and _PARTS.fullmatch(member.name) else None
            if source is not None:
                (folder / member.name).parent.mkdir(parents=True, exist_ok=True)
                with source, (folder / member.name).open("wb") as target:
                    shutil.copyfileobj(source, target)


def _pack(folder: Path, archive: Path, reference: str) -> None:
    """A layout as an archive that `docker load` takes under a name (`host/path:tag`)."""
    entry = json.loads((folder / "index.json").read_bytes())["manifests"][0]
    names = {"io.containerd.image.name": reference, "org.opencontainers.image.ref.name": reference.rpartition(":")[2]}
    index = {"schemaVersion": 2, "manifests": [{**entry, "annotations": {**entry.get("annotations", {}), **names}}]}
    with tarfile.open(archive, "w") as opened:
        _add(opened, "oci-layout", {"imageLayoutVersion": "1.0.0"})
        _add(opened, "index.json", index)
        _add(opened, "manifest.json", [_for_old_store(folder, entry["digest"], reference)])
        for blob in sorted((folder / "blobs").glob("*/*")):
            opened.add(blob, str(blob.relative_to(folder)), recursive=False)


def _for_old_store(folder: Path, digest: str, reference: str) -> dict[str, Any]:
    """The entry of `manifest.json`, which an engine without the containerd image store reads; of the first platform."""
    manifest = _document(folder, digest)
    if "manifests" in manifest:
        manifest = _document(folder, children(manifest)[0])
    layers = [_path(layer["digest"]) for layer in manifest["layers"]]
    return {"Config": _path(config_digest(manifest)), "RepoTags": [reference], "Layers": layers}


def _document(folder: Path, digest: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / _path(digest)).read_bytes())
    return document


def _path(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _add(archive: tarfile.TarFile, name: str, document: object) -> None:
    body = json.dumps(document).encode()
    member = tarfile.TarInfo(name)
    member.size = len(body)
    archive.addfile(member, io.BytesIO(body))


def _unusable(message: str) -> errors.BuildtoolError:
    fix = "docker info says what the engine is; a builder of another driver needs no engine: docker buildx create --use"
    return errors.BuildtoolError(errors.BUILDER_UNUSABLE, message, fix=fix)
