"""The conformance vectors beside the project, where they are: what Flux's own code answered, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from buildtool.usecases.setters_preview import answers

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
