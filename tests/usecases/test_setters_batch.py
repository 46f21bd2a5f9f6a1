"""Batches of cases, a JSON object a line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from buildtool.usecases.setters_batch import answers

MARKED = 'image: old:1 # {"$imagepolicy": "ns:app"}\n'


def answer(line: Any) -> dict[str, Any]:
    text = line if isinstance(line, bytes) else json.dumps(line).encode()
    return next(answers([b"\n", text]))


def test_a_batch_line() -> None:
    policy = {"namespace": "ns", "name": "app", "latestRef": {"name": "r.io/app", "tag": "v1"}}
    pending = {"namespace": "ns", "name": "two", "latestRef": None}
    found = answer({"id": 7, "path": "apps", "files": {"apps/a.yaml": MARKED}, "policies": [policy, pending]})
    assert found["id"] == 7
    assert found["error"] is None
    assert found["changes"] == {
        "a.yaml": [{"old": "old:1", "new": "r.io/app:v1", "setter": "ns:app", "line": 1, "column": 8}]
    }
    assert found["files"] == {"apps/a.yaml": MARKED.replace("old:1", "r.io/app:v1")}


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"[]", b"\xff", b"null", b"[" * 100_000, {"id": 1}, {"files": [], "policies": []},
        {"files": {"a": 1}, "policies": []}, {"files": {}, "policies": [1]}, {"files": {}, "policies": {}},
        {"files": {}, "path": 1, "policies": []}, {"files": {}, "policies": [{"name": "x"}]},
        {"files": {}, "policies": [{"namespace": "n", "name": "x", "latestRef": "x:1"}]},
        {"files": {}, "policies": [{"namespace": "n", "name": "x", "latestRef": {"name": "x"}}]},
    ],
)  # fmt: skip
def test_a_bad_line_is_an_error_with_its_number(line: Any) -> None:
    found = answer(line)
    assert found["line"] == 2
    assert found["error"].startswith("line 2: ")
    assert found["files"] == found["changes"] == {}
