"""`buildtool setters preview`, as typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.buildtool import buildtool

if TYPE_CHECKING:
    from collections.abc import Mapping
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
    head = ["diff --git a/apps/a.yaml b/apps/a.yaml", "--- a/apps/a.yaml", "+++ b/apps/a.yaml", "@@ -1,3 +1,3 @@"]
    assert lines[:4] == head
    assert lines.count('-image: old:1 # {"$imagepolicy": "ns:app"}') == 2
    assert lines.count('+image: r.io/app:v1 # {"$imagepolicy": "ns:app"}') == 2
    assert {"-    y: 1", "+  y: 1"} <= set(lines)
    assert "wide.yaml will be reformatted as a whole" in ran.stderr
    assert "broken.yaml:4 is skipped by Flux" in ran.stderr
    assert "2 values in 2 files would change" in ran.stderr


def test_only_the_files_that_are_named(repository: Path) -> None:
    ran = buildtool("setters", "preview", IMAGE, "wide.yaml", cwd=repository)
    assert [line for line in ran.stdout.splitlines() if line.startswith("+++ ")] == ["+++ b/wide.yaml"]


CASES = {
    "apps/a b.yaml": (MARKED, MARKED.replace("old:1", "r.io/app:v1")),
    'apps/"é\\.yaml': (MARKED, MARKED.replace("old:1", "r.io/app:v1")),
    "no-line-feed.yaml": (MARKED.rstrip("\n"), MARKED.replace("old:1", "r.io/app:v1")),
    "windows.yaml": (MARKED.replace("\n", "\r\n"), MARKED.replace("old:1", "r.io/app:v1")),
    "password.yaml": (
        MARKED + "url: postgresql://$(USER):$(PASS)@db\nheader: 'Authorization: Bearer abcdefghijkl'\nname: main-app\n",
        MARKED.replace("old:1", "r.io/app:v1")
        + "url: postgresql://$(USER):$(PASS)@db\nheader: 'Authorization: Bearer abcdefghijkl'\nname: main-app\n",
    ),
}
SECRETS = {"REGISTRY_PASSWORD": "main", "MY_TOKEN": "r.io/app:v1", "HTTPS_PROXY": "http://u:image@proxy"}


def whole(folder: Path) -> Path:
    """A repository with all the cases, and a List whose item becomes a new file."""
    (folder / ".git").mkdir()
    for path, (before, _) in CASES.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(before.encode())
    item = 'kind: Pod\n  metadata: {name: web}\n  image: old:1 # {"$imagepolicy": "ns:app"}\n'
    (folder / "list.yaml").write_text(f"kind: List\nitems:\n- {item}", encoding="utf-8")
    (folder / "link.yaml").symlink_to("windows.yaml")
    return folder


def printed(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> bytes:
    """The bytes on stdout of a preview that succeeds."""
    command = [sys.executable, "-m", "buildtool", "setters", "preview", IMAGE, *arguments]
    environment = {**os.environ, **(env or {})}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True).stdout


@pytest.mark.parametrize("program", [["git", "apply", "-"], ["patch", "-s", "-p1"]], ids=["git", "patch"])
def test_git_and_patch_make_the_bytes_that_flux_writes(tmp_path: Path, program: list[str]) -> None:
    diff = printed(whole(tmp_path), env=SECRETS)
    subprocess.run(program, cwd=tmp_path, input=diff, check=True)
    assert {path: (tmp_path / path).read_bytes().decode() for path in CASES} == {
        path: after for path, (_, after) in CASES.items()
    }
    assert "image: r.io/app:v1" in (tmp_path / "pod_web.yaml").read_text()
    assert (tmp_path / "link.yaml").is_symlink()
    assert b"link.yaml" not in diff


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_the_same_bytes_with_and_without_secrets(tmp_path: Path, arguments: list[str]) -> None:
    folder = whole(tmp_path)
    bare = printed(folder, *arguments)
    assert printed(folder, *arguments, env=SECRETS) == bare
    assert b"***" not in bare


def test_paths_are_relative_to_the_directory(repository: Path) -> None:
    ran = buildtool("-C", "apps", "setters", "preview", IMAGE, ".", "--json", cwd=repository)
    assert list(ran.document["files"]) == ["apps/a.yaml"]


def test_one_json_document(repository: Path) -> None:
    found = buildtool("setters", "preview", IMAGE, "--json", "--update-path", "apps", cwd=repository).document
    assert found["errors"] == found["notes"] == []
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
