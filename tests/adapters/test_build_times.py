from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.build_times import BuildTimesFile
from buildtool.core.build.placement import How

if TYPE_CHECKING:
    from pathlib import Path

WEB, API = ("r/web", "linux/arm64", How.EMULATED), ("r/api", "linux/amd64", How.NATIVE)


def test_the_newest_time_of_each_is_kept(tmp_path: Path) -> None:
    file = BuildTimesFile(tmp_path / "cache" / "build-times.json")
    assert file.read() == {}
    file.note({WEB: 84.214, API: 3.0})
    file.note({WEB: 12.0})
    assert file.read() == {API: 3.0, WEB: 12.0}
    assert [one.name for one in (tmp_path / "cache").iterdir()] == ["build-times.json"]


def test_it_does_not_grow_for_ever(tmp_path: Path) -> None:
    file = BuildTimesFile(tmp_path / "build-times.json")
    file.note({(f"r/i{number}", "linux/arm64", How.NATIVE): 1.0 for number in range(2_500)})
    file.note({WEB: 1.0})
    assert len(file.read()) == 2_000
    assert WEB in file.read()


@pytest.mark.parametrize(
    "row",
    [
        ["r/web", "linux/arm64", "emulated"],
        ["r/web", "linux/arm64", "quickly", 1.0],
        ["r/web", 3, "native", 1.0],
        ["r/web", "linux/arm64", "native", "1"],
        ["r/web", "linux/arm64", "native", True],
        ["r/web", "linux/arm64", "native", -1],
        ["r/web", "linux/arm64", [], 1.0],
        "text",
        None,
    ],
)
def test_a_damaged_row_is_left_out(tmp_path: Path, row: object) -> None:
    path = tmp_path / "build-times.json"
    path.write_text(json.dumps([row, ["r/api", "linux/amd64", "native", 3]]))
    assert BuildTimesFile(path).read() == {API: 3.0}


@pytest.mark.parametrize("text", ["", "{}", "[", "NaN", '[["r/api", "linux/amd64", "native", Infinity]]', "[" * 9999])
def test_a_damaged_file_has_no_times(tmp_path: Path, text: str) -> None:
    path = tmp_path / "build-times.json"
    path.write_text(text)
    assert BuildTimesFile(path).read() == {}


def test_what_cannot_be_written_is_not_remembered(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = BuildTimesFile(tmp_path / "file" / "build-times.json")
    file.note({WEB: 1.0})
    assert file.read() == {}
