"""The conformance vectors beside the project, where they are: what Flux's own code answered, byte for byte."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from buildtool.core.text.unified_diff import file_diff
from buildtool.usecases.setters_batch import answers

VECTORS = Path(__file__).parents[5] / "shared" / "conformance" / "setters-vectors.jsonl"


def plain(changes: dict[str, list[dict[str, Any]]]) -> dict[str, list[tuple[str, str, str]]]:
    return {path: sorted((c["old"], c["new"], c["setter"]) for c in some) for path, some in changes.items() if some}


@pytest.mark.skipif(not VECTORS.exists(), reason="the conformance vectors are not beside the project")
def test_every_vector_to_the_byte() -> None:
    vectors = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]
    lines = (json.dumps({"id": vector["id"], **vector["input"]}).encode() for vector in vectors)
    for vector, answer in zip(vectors, answers(lines), strict=True):
        expected = vector["expected"]
        assert answer["id"] == vector["id"]
        assert bool(answer["error"]) == bool(expected["error"]), vector["id"]
        assert answer["files"] == expected["files"], vector["id"]
        assert plain(answer["changes"]) == plain(expected["changes"]), vector["id"]


@pytest.mark.skipif(not VECTORS.exists(), reason="the conformance vectors are not beside the project")
@pytest.mark.parametrize("program", [["git", "apply", "-"], ["patch", "-s", "-p1"]], ids=["git", "patch"])
def test_every_diff_makes_the_bytes_that_flux_writes(tmp_path: Path, program: list[str]) -> None:
    """All vectors in one tree, each in a folder of its own, and all diffs as one patch."""
    diffs: list[str] = []
    wanted: dict[Path, bytes] = {}
    for number, line in enumerate(VECTORS.read_text(encoding="utf-8").splitlines()):
        vector = json.loads(line)
        files, after = (_in_git(vector[part]["files"]) for part in ("input", "expected"))
        for path, text in {**files, **after}.items():
            file = tmp_path / f"v{number}" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            wanted[file] = text.encode()
            if path in files:
                file.write_bytes(files[path].encode())
        diffs += [file_diff(f"v{number}/{path}", files.get(path), text) for path, text in after.items()]
    subprocess.run(program, cwd=tmp_path, input="".join(diffs).encode(), check=True, capture_output=True)
    assert len(diffs) > 200
    assert [str(file) for file, data in wanted.items() if file.read_bytes() != data] == []


def _in_git(files: dict[str, str]) -> dict[str, str]:
    """Without what stands below `.git`, which git never holds and refuses in a diff."""
    return {path: text for path, text in files.items() if ".git" not in path.split("/")}
