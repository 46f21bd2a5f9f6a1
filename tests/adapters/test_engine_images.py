"""Images saved from the engine and loaded into it: a real engine, and programs in its place that fail."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.engine_images import EngineImages
from buildtool.adapters.oci_layout import OciLayouts
from buildtool.core.image.names import Repository
from buildtool.core.image.proof import config_digest
from buildtool.errors import BUILDER_UNUSABLE, DOCKER_MISSING, PROOF_FAILED, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from buildtool.errors import Kind

WEB = Repository("r.example", "web")


@pytest.fixture
def images(engine: Mapping[str, str]) -> EngineImages:
    return EngineImages({**os.environ, **engine}, lambda: True)


@pytest.fixture
def reference(images: EngineImages, engine: Mapping[str, str], tmp_path: Path) -> Iterator[str]:
    """An image in the engine."""
    name = images.passing_name("web")
    (tmp_path / "Dockerfile").write_text(f"FROM scratch\nLABEL from={name}\nCOPY Dockerfile /\n")
    argv = ["docker", "buildx", "build", "--provenance=false", "--load", "--tag", name, str(tmp_path)]
    subprocess.run(argv, env={**os.environ, **engine}, capture_output=True, check=True)
    yield name
    images.remove([name])


@pytest.mark.engine
def test_there_and_back(images: EngineImages, reference: str, tmp_path: Path) -> None:
    (tmp_path / "layouts").mkdir()
    images.save(reference, str(tmp_path / "layouts" / "web"))
    layouts = OciLayouts(tmp_path / "layouts")
    digest = layouts.open(WEB, "web")
    ids = {digest, config_digest(layouts.manifest(WEB, digest).document())}
    again = images.passing_name("web")
    assert again != reference
    try:
        images.load(layouts.folder("web"), again, ids)
        with pytest.raises(BuildtoolError, match=r"the engine made sha256:[0-9a-f]+ of sha256:0") as raised:
            images.load(layouts.folder("web"), again, {"sha256:0"})
        assert raised.value.kind is PROOF_FAILED
    finally:
        images.remove([again, "buildtool-build:none"])
    with pytest.raises(BuildtoolError, match="docker save"):
        images.save(again, str(tmp_path / "gone"))


def fake(folder: Path, script: str) -> EngineImages:
    (folder / "bin").mkdir()
    (folder / "bin" / "docker").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin" / "docker").chmod(0o755)
    return EngineImages({"PATH": f"{folder / 'bin'}:/usr/bin:/bin"}, lambda: False)


def archive(folder: Path, *names: str) -> Path:
    """A tar with these files, and a link for a name that begins with `->`."""
    path = folder / "saved.tar"
    with tarfile.open(path, "w") as opened:
        for name in names:
            member = tarfile.TarInfo(name.removeprefix("->"))
            member.size = 2
            if name.startswith("->"):
                member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0
            opened.addfile(member, io.BytesIO(b"{}"))
    return path


def saving(folder: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> EngineImages:
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")
    return fake(folder, f'cp "{archive(folder, *names)}" "$3"')


def test_only_the_parts_of_a_layout_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blob = "blobs/sha256/" + "0" * 64
    names = ["index.json", "oci-layout", blob, "manifest.json", "../evil", "/abs", "->blobs/sha256/" + "1" * 64, "a/b"]
    saving(tmp_path, monkeypatch, *names).save("x:1", str(tmp_path / "out"))
    files = sorted(
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()
    )
    assert files == sorted(["index.json", "oci-layout", blob])
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("names", [(), ("manifest.json", "abc/layer.tar")])
def test_an_engine_that_saves_no_layout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    with pytest.raises(BuildtoolError, match="writes no OCI layout, which Docker 25") as raised:
        saving(tmp_path, monkeypatch, *names).save("x:1", str(tmp_path / "out"))
    assert raised.value.kind is BUILDER_UNUSABLE


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        ('echo "no such image" >&2; exit 1', BUILDER_UNUSABLE, "docker save: no such image"),
        ('echo junk > "$3"', BUILDER_UNUSABLE, "docker save wrote no archive"),
        ("exit 1", BUILDER_UNUSABLE, "docker save: docker: exit code 1"),
    ],
)
def test_programs_that_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, kind: Kind, words: str
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with pytest.raises(BuildtoolError) as raised:
        fake(tmp_path, script).save("x:1", str(tmp_path / "out"))
    assert raised.value.kind is kind
    assert words in raised.value.message


def test_no_docker_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    images = EngineImages({"PATH": str(tmp_path)}, lambda: False)
    with pytest.raises(BuildtoolError) as raised:
        images.save("x:1", str(tmp_path / "out"))
    assert raised.value.kind is DOCKER_MISSING
    images.remove(["x:1"])
    assert not images.keeps_several_platforms()


def test_an_old_engine_is_told_config_and_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the containerd image store `docker load` reads manifest.json; the layout's own names are kept out."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    layout = tmp_path / "web"
    (layout / "blobs" / "sha256").mkdir(parents=True)
    manifest = {"config": {"digest": "sha256:c"}, "layers": [{"digest": "sha256:l"}]}
    for name, body in {"c": {}, "l": {}, "m": manifest}.items():
        (layout / "blobs" / "sha256" / name).write_text(json.dumps(body))
    (layout / "index.json").write_text(json.dumps({"manifests": [{"digest": "sha256:m"}]}))
    script = f'echo "$@" >> {tmp_path}/calls; [ "$1" = load ] && cp "$4" {tmp_path}/given.tar || echo sha256:c'
    fake(tmp_path, script).load(str(layout), "r.example:5000/web:1", {"sha256:c"})
    with tarfile.open(tmp_path / "given.tar") as given:
        read = {name: json.load(given.extractfile(name)) for name in ("manifest.json", "index.json")}  # type: ignore[arg-type]
    path = "blobs/sha256/"
    [entry] = read["manifest.json"]
    [passing] = entry["RepoTags"]
    assert (entry["Config"], entry["Layers"]) == (f"{path}c", [f"{path}l"])
    assert read["index.json"]["manifests"][0]["annotations"] == {
        "io.containerd.image.name": passing,
        "org.opencontainers.image.ref.name": passing.rpartition(":")[2],
    }
    calls = (tmp_path / "calls").read_text().splitlines()
    assert calls[2:] == [f"tag {passing} r.example:5000/web:1", f"image rm {passing}"]
