"""What a registry holds: manifests, configs and layers."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import tarfile
from typing import TYPE_CHECKING, cast

import httpx
import zstandard

from buildtool.adapters.registry.http.answer import Answer
from buildtool.adapters.registry.v2.content import read_manifest
from buildtool.core.image.names import Repository
from buildtool.core.image.programs import dump, load, merge, read_layer
from buildtool.core.image.proof import problems
from buildtool.core.image.started import Command, wrong_program
from buildtool.usecases.prove import read_back
from fuzz.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from buildtool.core.registry.contents import Manifest
    from buildtool.usecases.ports import Registry

_DIGEST = "sha256:" + "ab" * 32
_OCI = "application/vnd.oci.image"
_MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": f"{_OCI}.manifest.v1+json",
        "config": {"mediaType": f"{_OCI}.config.v1+json", "digest": _DIGEST, "size": 7},
        "layers": [{"mediaType": f"{_OCI}.layer.v1.tar+gzip", "digest": _DIGEST, "size": 9}],
        "annotations": {"a": "b"},
    }
).encode()
_INDEX = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": f"{_OCI}.index.v1+json",
        "manifests": [
            {"digest": _DIGEST, "size": 7, "platform": {"os": "linux", "architecture": "arm64"}},
            {"digest": _DIGEST, "size": 7, "platform": {"os": "unknown", "architecture": "unknown"}},
        ],
    }
).encode()
_CONFIG = json.dumps(
    {
        "os": "linux",
        "architecture": "arm64",
        "variant": "v8",
        "config": {
            "Labels": {"org.opencontainers.image.revision": "ab"},
            "Entrypoint": ["/app"],
            "Cmd": None,
            "Env": ["PATH=/bin"],
        },
        "rootfs": {"type": "layers", "diff_ids": [_DIGEST]},
    }
).encode()
_PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(11) + (183).to_bytes(2, "little") + bytes(100)


def _tar(kind: int = tarfile.GNU_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=kind) as archive:
        for name, body in (("bin/app", _PROGRAM), ("/abs/file", b"#!/bin/sh\n"), ("a/.wh.b", b""), ("x" * 150, b"y")):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(body), 0o755
            archive.addfile(member, io.BytesIO(body))
        for name, type_, target in (("lib", tarfile.SYMTYPE, "usr/lib"), ("hard", tarfile.LNKTYPE, "bin/app")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = type_, target
            archive.addfile(member)
    return file.getvalue()


class _Holding:
    """A registry that holds one manifest and one config, under every name."""

    def __init__(self, manifest: bytes, config: bytes) -> None:
        self._manifest, self._config = manifest, config

    def manifest(self, _: Repository, reference: str) -> Manifest:
        body = self._manifest if not reference.startswith("sha256:") else _MANIFEST
        return read_manifest(Answer("GET", "http://h/v2/", 200, httpx.Headers(), body), "tag")

    def blob(self, _: Repository, __: str) -> bytes:
        return self._config

    @contextlib.contextmanager
    def open_blob(self, _: Repository, __: str) -> Iterator[IO[bytes]]:
        yield io.BytesIO(_tar())


def _proven(manifest: bytes, config: bytes) -> None:
    registry = _Holding(manifest, config)
    _, proof = read_back(cast("Registry", registry), Repository("h", "web"), "1")
    problems(proof, digest=_DIGEST, platforms=proof.platforms[:1], revision="ab")
    str((proof.size, proof.label("x"), proof.platforms))


def _layer(data: bytes) -> None:
    index = read_layer(io.BytesIO(data))
    files = merge([index, load(json.loads(json.dumps(dump(index)))), index])
    for command in ("app", "/abs/file", "lib/../hard"):
        wrong_program(files, Command([command], ["PATH=/bin:/usr/bin"]), "amd64")


def _remembered(data: bytes) -> None:
    merge([load(json.loads(data))] * 2)


_LAYERS = (_tar(), _tar(tarfile.PAX_FORMAT), gzip.compress(_tar(), 1, mtime=0), zstandard.compress(_tar(), 1))
TARGETS = (
    Target("manifest", (_MANIFEST, _INDEX), lambda data: _proven(data, _CONFIG)),
    Target("config", (_CONFIG,), lambda data: _proven(_INDEX, data)),
    Target("layer", _LAYERS, _layer, (ValueError,), share=2.0),
    Target(
        "layer-cache",
        (json.dumps({"entries": {"/a": ["elf", "amd64"]}, "removed": ["/b"], "opaque": ["/c"]}).encode(),),
        _remembered,
        (ValueError, KeyError, TypeError, AttributeError, RecursionError),
    ),
)
