from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters import ci_summary
from buildtool.errors import CI_FILE, BuildtoolError

if TYPE_CHECKING:
    from pathlib import Path


def read(text: str) -> dict[str, str]:
    """As the runner reads GITHUB_OUTPUT."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        value: list[str] = []
        for part in lines:
            if part == delimiter:
                break
            value.append(part)
        found[name] = "\n".join(value)
    return found


def test_both_files_are_appended_to(tmp_path: Path) -> None:
    summary, output = tmp_path / "summary", tmp_path / "output"
    summary.write_text("before\n", encoding="utf-8")
    output.write_text("first=1\n", encoding="utf-8")
    environment = {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output)}
    ci_summary.append(environment, "## after\n", {"tag": "master-abc1234-1", "json": '{"a":1}'})
    assert summary.read_text(encoding="utf-8") == "before\n## after\n"
    text = output.read_text(encoding="utf-8")
    assert text.startswith("first=1\n")
    assert read(text.removeprefix("first=1\n")) == {"tag": "master-abc1234-1", "json": '{"a":1}'}


def test_a_value_cannot_set_another_output(tmp_path: Path) -> None:
    output = tmp_path / "output"
    ci_summary.append({"GITHUB_OUTPUT": str(output)}, "", {"tag": "x\nend-\nevil<<end-\n1", "after": "y"})
    assert read(output.read_text(encoding="utf-8")) == {"tag": "x\nend-\nevil<<end-\n1", "after": "y"}


def test_whether_they_can_be_written_is_known_before(tmp_path: Path) -> None:
    summary = tmp_path / "summary"
    ci_summary.require_writable({"GITHUB_STEP_SUMMARY": str(summary)})
    assert summary.read_text(encoding="utf-8") == ""
    with pytest.raises(BuildtoolError) as caught:
        ci_summary.require_writable({"GITHUB_OUTPUT": str(tmp_path / "no" / "file")})
    assert caught.value.kind is CI_FILE


def test_without_a_runner_nothing_is_written(tmp_path: Path) -> None:
    ci_summary.append({"GITHUB_OUTPUT": ""}, "text", {"tag": "x"})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", ["missing/folder/file", "with\0nul"])
def test_a_file_that_cannot_be_written_is_said(tmp_path: Path, path: str) -> None:
    with pytest.raises(BuildtoolError) as caught:
        ci_summary.append({"GITHUB_STEP_SUMMARY": f"{tmp_path}/{path}"}, "text", {})
    assert caught.value.kind is CI_FILE
