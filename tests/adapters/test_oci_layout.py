"""Layouts that are good, and everything that can be wrong with one."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.adapters.oci_layout import OciLayouts
from buildtool.core.image.names import Repository
from buildtool.errors import PROOF_FAILED, BuildtoolError
from buildtool.usecases.prove import read_back

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WEB = Repository("r.example", "team/web")
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYER = b"layer"


def put(folder: Path, body: bytes, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm, body).hexdigest()
    (folder / "blobs" / algorithm).mkdir(parents=True, exist_ok=True)
    (folder / "blobs" / algorithm / digest).write_bytes(body)
    return f"{algorithm}:{digest}"


def put_json(folder: Path, document: object, algorithm: str = "sha256") -> str:
    return put(folder, json.dumps(document).encode(), algorithm)


def image(folder: Path, architecture: str = "amd64", algorithm: str = "sha256") -> str:
    """One platform: the digest of its manifest."""
    config = put_json(folder, {"os": "linux", "architecture": architecture, "config": {}}, algorithm)
    layers = [{"digest": put(folder, LAYER, algorithm), "size": len(LAYER)}]
    return put_json(folder, {"mediaType": MANIFEST, "config": {"digest": config}, "layers": layers}, algorithm)


def name(folder: Path, *digests: str) -> None:
    entries = [{"mediaType": MANIFEST, "digest": digest, "size": 1} for digest in digests]
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": entries}))


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    folder.mkdir()
    return folder


def opened(layout: Path) -> tuple[OciLayouts, str]:
    layouts = OciLayouts(layout.parent)
    assert layouts.folder("web") == str(layout)
    return layouts, layouts.open(WEB, "web")


def reason(layout: Path) -> str:
    """Why the layout is refused."""
    with pytest.raises(BuildtoolError) as raised:
        opened(layout)
    assert raised.value.kind is PROOF_FAILED
    assert raised.value.message.startswith("web: the layout that the builder wrote is not an image: ")
    return raised.value.message


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_one_platform(layout: Path, algorithm: str) -> None:
    digest = image(layout, algorithm=algorithm)
    name(layout, digest)
    layouts, found = opened(layout)
    assert found == digest
    manifest, proof = read_back(layouts, WEB, digest)
    assert (manifest.digest, [str(one) for one in proof.platforms]) == (digest, ["linux/amd64"])
    with layouts.open_blob(WEB, proof.images[0].layers[0]) as file:
        assert file.read() == LAYER


def test_several_platforms_and_an_attestation(layout: Path) -> None:
    children = [{"digest": image(layout, one), "platform": {"architecture": one}} for one in ("amd64", "arm64")]
    statement = put_json(layout, {"mediaType": MANIFEST, "config": {"digest": put(layout, b"{}")}, "layers": []})
    children.append({"digest": statement, "platform": {"os": "unknown", "architecture": "unknown"}})
    name(layout, put_json(layout, {"mediaType": INDEX, "manifests": children}))
    layouts, digest = opened(layout)
    assert [str(one) for one in read_back(layouts, WEB, digest)[1].platforms] == ["linux/amd64", "linux/arm64"]


def test_the_same_image_named_twice_is_one(layout: Path) -> None:
    digest = image(layout)
    name(layout, digest, digest)
    assert opened(layout)[1] == digest


def _no_index(layout: Path) -> None:
    (layout / "index.json").unlink()


def _two(layout: Path) -> None:
    name(layout, image(layout), image(layout, "arm64"))


def _changed(layout: Path) -> None:
    (layout / "blobs" / "sha256" / hashlib.sha256(LAYER).hexdigest()).write_bytes(b"other")


def _gone(layout: Path) -> None:
    (layout / "blobs" / "sha256" / hashlib.sha256(LAYER).hexdigest()).unlink()


def _behind_a_link(layout: Path) -> None:
    file = layout / "blobs" / "sha256" / hashlib.sha256(LAYER).hexdigest()
    file.rename(layout.parent / "elsewhere")
    file.symlink_to(layout.parent / "elsewhere")


def _folder_behind_a_link(layout: Path) -> None:
    (layout / "blobs").rename(layout.parent / "elsewhere")
    (layout / "blobs").symlink_to(layout.parent / "elsewhere")


def _pipe(layout: Path) -> None:
    file = layout / "blobs" / "sha256" / hashlib.sha256(LAYER).hexdigest()
    file.unlink()
    os.mkfifo(file)


def _large(layout: Path) -> None:
    (layout / "index.json").write_bytes(b" " * (5 << 20))


def _written(text: str) -> Callable[[Path], None]:
    def write(layout: Path) -> None:
        (layout / "index.json").write_text(text)

    return write


def _named(digest: str) -> Callable[[Path], None]:
    return lambda layout: name(layout, digest)


def _of(document: Any) -> Callable[[Path], None]:
    return lambda layout: name(layout, put_json(layout, document))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_no_index, "index.json cannot be read: No such file"),
        (_large, "index.json is larger than 4 MiB"),
        (_two, "index.json names 2 images"),
        (_written("{"), "no JSON"),
        (_written("[]"), "no JSON object"),
        (_written("{}"), "index.json names 0 images"),
        (_written('{"manifests": 1}'), "index.json names 0 images"),
        (_written('{"manifests": [{"digest": 1}]}'), "'' is no digest"),
        (_written("[" * 200_000), "no JSON"),
        (_named("sha256:../../../etc/passwd"), "is no digest"),
        (_named("sha256:" + "0" * 64), "cannot be read: No such file"),
        (_named("md5:" + "0" * 32), "is no digest"),
        (_changed, "the bytes of sha256:"),
        (_gone, "cannot be read: No such file"),
        (_behind_a_link, "cannot be read: Too many levels of symbolic links"),
        (_folder_behind_a_link, "is behind a link"),
        (_pipe, "is not a file"),
        (_of({"mediaType": "text/plain"}), "is of an unknown type: 'text/plain'"),
        (_of([]), "no JSON object"),
        (_of({"mediaType": MANIFEST, "layers": [{"digest": "sha256:x"}]}), "is no digest"),
    ],
)
def test_what_is_refused(layout: Path, damage: Callable[[Path], None], words: str) -> None:
    name(layout, image(layout))
    damage(layout)
    assert words in reason(layout)


def test_an_index_that_holds_itself_ends(layout: Path) -> None:
    """No digest can be of bytes that hold it; two names of one child can."""
    child = {"digest": image(layout)}
    name(layout, put_json(layout, {"mediaType": INDEX, "manifests": [child] * 1000}))
    assert opened(layout)[1].startswith("sha256:")


def test_only_parts_of_the_image_are_read(layout: Path) -> None:
    other = put(layout, b"other")
    name(layout, image(layout))
    layouts, _ = opened(layout)
    with pytest.raises(BuildtoolError, match="is no part of the image"), layouts.open_blob(WEB, other):
        pass
