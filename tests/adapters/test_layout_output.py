from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.adapters.layout_output import DOCUMENT, LayoutOutput
from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "buildtool.build/v1"


def layout(folder: Path, name: str) -> str:
    made = folder / "made" / name
    (made / "blobs" / "sha256").mkdir(parents=True)
    (made / "ingest").mkdir()
    entry = {"digest": "sha256:1", "size": 1, "annotations": {"io.containerd.image.name": "x", "kept": "y"}}
    (made / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    return str(made)


def document(*names: str) -> dict[str, Any]:
    return {"schema": SCHEMA, "images": [{"image": name} for name in names]}


def write(target: Path, *names: str) -> None:
    folders = {name: layout(target.parent, name) for name in names}
    LayoutOutput(target, SCHEMA).write(folders, "main-1", document(*names))


def refused(target: Path) -> str:
    with pytest.raises(BuildtoolError) as raised:
        LayoutOutput(target, SCHEMA).require_ours()
    assert raised.value.kind is USAGE
    return raised.value.message


@pytest.mark.parametrize("before", [None, "empty", "ours"])
def test_layouts_and_the_document(tmp_path: Path, before: str | None) -> None:
    target = tmp_path / "out"
    if before == "empty":
        target.mkdir()
    if before == "ours":
        write(target, "old")
    LayoutOutput(target, SCHEMA).require_ours()
    write(target, "web", "api")
    assert sorted(path.name for path in target.iterdir()) == ["api", DOCUMENT, "web"]
    assert json.loads((target / DOCUMENT).read_text()) == document("web", "api")
    [entry] = json.loads((target / "web" / "index.json").read_text())["manifests"]
    assert entry["annotations"] == {"kept": "y", "org.opencontainers.image.ref.name": "main-1"}
    assert not (target / "web" / "ingest").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_others_may_read_it(tmp_path: Path) -> None:
    write(tmp_path / "out", "web")
    for path in (tmp_path / "out", tmp_path / "out" / "web" / "blobs" / "sha256"):
        assert path.stat().st_mode & 0o055 == 0o055


@pytest.mark.parametrize("name", ["notes", ".git", "web2"])
def test_what_no_build_left_there_is_not_touched(tmp_path: Path, name: str) -> None:
    target = tmp_path / "out"
    write(target, "web")
    (target / name).mkdir()
    assert f"it holds {name}, which no build left there" in refused(target)
    with pytest.raises(BuildtoolError, match="which no build left there"):
        write(target, "api")
    assert sorted(path.name for path in target.iterdir()) == sorted([DOCUMENT, name, "web"])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "other", "images": [{"image": "web"}]}', '{"schema": 1}'])
def test_a_document_that_is_not_ours_proves_nothing(tmp_path: Path, text: str) -> None:
    target = tmp_path / "out"
    (target / "web").mkdir(parents=True)
    (target / DOCUMENT).write_text(text)
    assert "it holds web" in refused(target)


def test_places_that_cannot_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "it is not a folder" in refused(tmp_path / "file")
    assert "Not a directory" in refused(tmp_path / "file" / "below")
    assert "No such file or directory" in refused(tmp_path / "missing" / "below")
    (tmp_path / "nowhere").symlink_to("gone")
    LayoutOutput(tmp_path / "nowhere", SCHEMA).require_ours()
    write(tmp_path / "nowhere", "web")
    assert (tmp_path / "gone" / "web").is_dir()


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out"
    write(target, "web")
    folders = {"web": layout(tmp_path / "more", "web"), "api": str(tmp_path / "missing")}
    with pytest.raises(BuildtoolError):
        LayoutOutput(target, SCHEMA).write(folders, "main-2", document("web", "api"))
    assert json.loads((target / DOCUMENT).read_text()) == document("web")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
