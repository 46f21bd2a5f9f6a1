"""Images read back from a registry: their platforms and labels, and what is no image."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from typing import Any

import pytest

from buildtool.core.image.names import Platform, Repository
from buildtool.core.image.noop import noop_program
from buildtool.core.registry.contents import Manifest
from buildtool.errors import PROOF_FAILED, REGISTRY_NOT_FOUND, BuildtoolError
from buildtool.usecases.prove import read_back, wrong_programs
from tests.support.memory.registry import INDEX, MANIFEST, MemoryRegistry, digest_of

WEB = Repository("r.example", "web")
AMD, ARM = Platform("linux", "amd64"), Platform("linux", "arm64")


class Layers:
    """A cache that remembers what it was asked for."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}
        self.asked: list[str] = []

    def get(self, digest: str) -> Any:
        self.asked.append(digest)
        return self.known.get(digest)

    def put(self, digest: str, index: Any) -> None:
        self.known[digest] = index


@pytest.fixture
def registry() -> MemoryRegistry:
    return MemoryRegistry()


def layer(program: bytes) -> bytes:
    """A layer with one program, /app."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        entry = tarfile.TarInfo("app")
        entry.size, entry.mode = len(program), 0o755
        archive.addfile(entry, io.BytesIO(program))
    return gzip.compress(file.getvalue())


def image(registry: MemoryRegistry, claimed: Platform, program: bytes) -> str:
    """The digest of an image that claims a platform, whatever its program is built for."""
    config = {"os": claimed.os, "architecture": claimed.architecture, "config": {"Entrypoint": ["/app"]}}
    document = {
        "config": {"digest": registry.put_blob(WEB, json.dumps(config).encode())},
        "layers": [{"digest": registry.put_blob(WEB, layer(program)), "size": 1}],
    }
    return stored(registry, document)


def stored(registry: MemoryRegistry, document: object, media_type: str = MANIFEST) -> str:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    digest = digest_of(body)
    registry.put_manifest(WEB, digest, Manifest(media_type, digest, body))
    return digest


def test_one_platform_and_several(registry: MemoryRegistry) -> None:
    registry.add(WEB, {"linux/arm64": {"team": "a"}}, "one")
    both = registry.add(WEB, {"linux/arm64": {"team": "a", "x": "1"}, "linux/amd64": {"team": "a", "x": "2"}}, "two")
    assert read_back(registry, WEB, "one")[1].platforms == [ARM]
    manifest, proof = read_back(registry, WEB, "two")
    assert (manifest, proof.digest, proof.platforms) == (both, both.digest, [AMD, ARM])
    assert (proof.label("team"), proof.label("x")) == ("a", None)


def test_attestations_are_no_platform(registry: MemoryRegistry) -> None:
    one = registry.add(WEB, {"linux/arm64": {}})
    entries = [
        {"digest": one.digest, "platform": {"os": "linux", "architecture": "arm64"}},
        {"digest": "sha256:" + "0" * 64, "platform": {"os": "unknown", "architecture": "unknown"}},
    ]
    digest = stored(registry, {"manifests": entries}, INDEX)
    assert read_back(registry, WEB, digest)[1].platforms == [ARM]


@pytest.mark.parametrize(
    ("document", "media_type"),
    [
        ([], MANIFEST),
        ({}, MANIFEST),
        (b"{", MANIFEST),
        ({"config": {}}, MANIFEST),
        ({"config": {"digest": 1}}, MANIFEST),
        ({"manifests": 1}, INDEX),
        ({"manifests": [1]}, INDEX),
        ({"manifests": [{"digest": 5}]}, INDEX),
        (b"[" * 100_000, INDEX),
    ],
)
def test_what_is_no_image(registry: MemoryRegistry, document: object, media_type: str) -> None:
    digest = stored(registry, document, media_type)
    with pytest.raises(BuildtoolError, match="is not a container image: ") as caught:
        read_back(registry, WEB, digest)
    assert caught.value.kind is PROOF_FAILED
    assert f"r.example/web@{digest}" in caught.value.message


@pytest.mark.parametrize("config", [b"", b"[]", b"\xff", b'{"os": 1}'])
def test_a_config_that_is_none(registry: MemoryRegistry, config: bytes) -> None:
    digest = stored(registry, {"config": {"digest": registry.put_blob(WEB, config)}, "layers": []})
    with pytest.raises(BuildtoolError) as caught:
        read_back(registry, WEB, digest)
    assert caught.value.kind is PROOF_FAILED


def test_a_part_that_is_gone_is_the_registrys_failure(registry: MemoryRegistry) -> None:
    digest = stored(registry, {"config": {"digest": "sha256:" + "0" * 64}, "layers": []})
    for reference in (digest, "sha256:" + "1" * 64, "no-such-tag"):
        with pytest.raises(BuildtoolError) as caught:
            read_back(registry, WEB, reference)
        assert caught.value.kind is REGISTRY_NOT_FOUND


@pytest.mark.parametrize(
    ("claimed", "built", "right"), [(ARM, ARM, True), (AMD, AMD, True), (ARM, AMD, False), (AMD, ARM, False)]
)
def test_the_program_itself_tells_its_platform(
    registry: MemoryRegistry, claimed: Platform, built: Platform, *, right: bool
) -> None:
    program = noop_program(built)
    assert program is not None
    _, proof = read_back(registry, WEB, image(registry, claimed, program))
    cache = Layers()
    wrong = wrong_programs(registry, cache, WEB, proof)
    assert proof.platforms == [claimed], "whatever its config says"
    assert (wrong == []) is right
    assert all(f"platform {claimed} was asked for, but /app" in one and built.architecture in one for one in wrong)
    assert wrong_programs(registry, cache, WEB, proof) == wrong
    assert len(cache.known) == 1, "a layer is read once"


def test_a_layer_that_cannot_be_read_is_said(registry: MemoryRegistry) -> None:
    config = registry.put_blob(WEB, json.dumps({"os": "linux", "architecture": "arm64"}).encode())
    broken = registry.put_blob(WEB, b"no archive at all" * 100)
    digest = stored(registry, {"config": {"digest": config}, "layers": [{"digest": broken, "size": 1}]})
    _, proof = read_back(registry, WEB, digest)
    [wrong] = wrong_programs(registry, Layers(), WEB, proof)
    assert wrong.startswith("linux/arm64: a layer cannot be read (")
