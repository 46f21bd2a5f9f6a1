from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.layers import LayerCache
from buildtool.core.image.programs import Entry, Kind, LayerIndex

if TYPE_CHECKING:
    from pathlib import Path

INDEX = LayerIndex({"/app": Entry(Kind.ELF, "arm64"), "/bin": Entry(Kind.LINK, "usr/bin")}, {"/old"}, {"/etc"})


def test_what_was_put_is_what_is_got(tmp_path: Path) -> None:
    cache = LayerCache(tmp_path / "new" / "folder")
    assert cache.get("sha256:1") is None
    cache.put("sha256:1", INDEX)
    assert cache.get("sha256:1") == INDEX
    assert cache.get("sha256:2") is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"entries": {"/a": 1}, "removed": [], "opaque": []}', "\x00"])
def test_a_damaged_file_is_a_layer_forgotten(tmp_path: Path, content: str) -> None:
    cache = LayerCache(tmp_path)
    cache.put("sha256:1", INDEX)
    [file] = tmp_path.rglob("*.json")
    file.write_text(content)
    assert cache.get("sha256:1") is None


def test_a_disk_that_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = LayerCache(tmp_path / "file" / "below")
    cache.put("sha256:1", INDEX)
    assert cache.get("sha256:1") is None


def test_a_digest_leads_nowhere_else(tmp_path: Path) -> None:
    cache = LayerCache(tmp_path / "cache")
    cache.put("sha256:../../escape", INDEX)
    assert [file.parent for file in tmp_path.rglob("*.json")] == [tmp_path / "cache" / "v1"]
