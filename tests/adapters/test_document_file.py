from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.document_file import DocumentFile
from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_document_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    with DocumentFile(target) as file:
        file.write({"branch": "größer", "secret": "main"})
    assert json.loads(target.read_text(encoding="utf-8")) == {"branch": "größer", "secret": "main"}
    assert target.read_text(encoding="utf-8").endswith("}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_run_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("before", encoding="utf-8")

    def fails() -> None:
        with DocumentFile(target):
            raise KeyError("the build")

    with pytest.raises(KeyError):
        fails()
    assert target.read_text(encoding="utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


@pytest.mark.parametrize("name", ["missing/out.json", "with\0nul", "."])
def test_a_place_that_cannot_be_written_is_said_before_the_work(tmp_path: Path, name: str) -> None:
    with pytest.raises(BuildtoolError, match="cannot write") as caught:
        DocumentFile(tmp_path / name).__enter__()
    assert caught.value.kind is USAGE


def test_a_planted_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("mine", encoding="utf-8")
    (tmp_path / "out.json").symlink_to(other)
    with DocumentFile(tmp_path / "out.json") as file:
        file.write({})
    assert other.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "out.json").is_symlink()
