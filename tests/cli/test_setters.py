"""`buildtool setters preview`, as typed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.buildtool import buildtool

if TYPE_CHECKING:
    from pathlib import Path

MARKED = 'a: 1\nimage: old:1 # {"$imagepolicy": "ns:app"}\nb: 2\n'
IMAGE = "--image=ns:app=r.io/app:v1"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "a.yaml").write_text(MARKED, encoding="utf-8")
    (tmp_path / "wide.yaml").write_text("x:\n\n    y: 1\n" + MARKED, encoding="utf-8")
    (tmp_path / "broken.yaml").write_text(MARKED + "\tx: 1\n", encoding="utf-8")
    return tmp_path


def test_the_exact_lines_and_what_else_happens(repository: Path) -> None:
    ran = buildtool("setters", "preview", IMAGE, cwd=repository)
    assert ran.code == 0, ran
    lines = ran.stdout.splitlines()
    assert lines[:3] == ["--- a/apps/a.yaml", "+++ b/apps/a.yaml", "@@ -1,4 +1,4 @@"]
    assert lines.count('-image: old:1 # {"$imagepolicy": "ns:app"}') == 2
    assert lines.count('+image: r.io/app:v1 # {"$imagepolicy": "ns:app"}') == 2
    assert not any("y: 1" in line for line in lines)
    assert "wide.yaml will be reformatted as a whole" in ran.stderr
    assert "broken.yaml:4 is skipped by Flux" in ran.stderr
    assert "2 values in 2 files would change" in ran.stderr


def test_the_whole_diff_can_be_asked_for(repository: Path) -> None:
    ran = buildtool("setters", "preview", IMAGE, "--full", "wide.yaml", cwd=repository)
    assert "-    y: 1" in ran.stdout
    assert "+  y: 1" in ran.stdout
    assert "a.yaml" not in ran.stdout.replace("wide.yaml", "")


def test_paths_are_relative_to_the_directory(repository: Path) -> None:
    ran = buildtool("-C", "apps", "setters", "preview", IMAGE, ".", "--json", cwd=repository)
    assert list(ran.document["files"]) == ["apps/a.yaml"]


def test_one_json_document(repository: Path) -> None:
    found = buildtool("setters", "preview", IMAGE, "--json", "--update-path", "apps", cwd=repository).document
    assert found["runs"] == [{"automation": "", "path": "apps", "policies": ["ns:app"]}]
    assert found["changes"] == [
        {"path": "apps/a.yaml", "line": 2, "column": 8, "old": "old:1", "new": "r.io/app:v1", "setter": "ns:app"}
    ]
    assert found["files"] == {"apps/a.yaml": MARKED.replace("old:1", "r.io/app:v1")}
    assert (found["reformatted"], found["skipped"]) == ([], [])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "no image is given"),
        (["--image=app"], 2, "is not namespace:policy=image:tag"),
        ([IMAGE, "missing.yaml"], 2, "missing.yaml does not exist"),
        ([IMAGE, "/"], 2, "outside of the repository"),
        ([IMAGE, "--jsonl"], 2, "--jsonl takes everything from stdin"),
        (["--image=ns:app=r.io/a:v1"], 3, "encountered invalid image ref"),
        ([IMAGE, "--update-path", "nowhere"], 3, "no such file or directory"),
    ],
)
def test_what_cannot_be_done_says_why(repository: Path, arguments: list[str], code: int, said: str) -> None:
    ran = buildtool("setters", "preview", *arguments, cwd=repository)
    assert ran.code == code, ran
    assert said in ran.stderr
    assert "  fix: " in ran.stderr
    assert ran.stdout == ""


def test_a_batch_streams_line_by_line(tmp_path: Path) -> None:
    """The first answer is there before the second line is written."""
    command = [sys.executable, "-m", "buildtool", "setters", "preview", "--jsonl"]
    policies = [{"namespace": "ns", "name": "app", "latestRef": {"name": "r.io/app", "tag": "v1"}}]
    case = {"id": "one", "files": {"a.yaml": MARKED}, "policies": policies}
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(case) + "\n")
        process.stdin.flush()
        first = json.loads(process.stdout.readline())
        process.stdin.write("nonsense\n")
        process.stdin.close()
        second = json.loads(process.stdout.readline())
    assert process.returncode == 0
    assert (first["id"], first["error"], list(first["files"])) == ("one", None, ["a.yaml"])
    assert (second["id"], second["line"]) == (None, 2)


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    ran = buildtool("setters", "preview", "--help", cwd=tmp_path)
    assert ran.code == 0
    assert "--jsonl" in ran.stdout
