"""The conformance vectors, where they lie beside the project: what the real controller answered, case for case."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from buildtool.usecases.policy_eval import evaluate_line

VECTORS = Path(__file__).parents[5] / "shared" / "conformance" / "policy-vectors.jsonl"


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    if not VECTORS.exists():
        pytest.skip("the conformance vectors are not beside the project")
    return [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]


def _wrong(case: dict[str, Any]) -> str | None:
    """What differs from Flux's answer: the tags it can reach, the class of its error, or its words."""
    line = json.dumps({"id": case["id"], **case["input"]}).encode()
    got, readable = evaluate_line(line, 1)
    expected = case["expected"]
    possible = got.get("possible_latest") or [tag for tag in [got["latest"]] if tag is not None]
    if not readable or got["id"] != case["id"] or sorted(possible) != sorted(expected["possible_latest"]):
        return f"{case['group']}: {case['input']}: {got} instead of {expected['possible_latest']}"
    if got.get("error_class") != expected["error_class"]:
        return f"{case['group']}: {case['input']}: {got} instead of {expected['error_class']}"
    if expected["possible_errors"] and got["error"] not in expected["possible_errors"]:
        return f"{case['group']}: {case['input']}: {got['error']} instead of {expected['possible_errors']}"
    return None


def test_every_case_is_answered_as_flux_answers_it(cases: list[dict[str, Any]]) -> None:
    wrong = [reason for case in cases if (reason := _wrong(case)) is not None]
    assert not wrong, "\n".join(wrong[:5])
    assert len(cases) >= 3232
    assert len(Counter(case["group"] for case in cases)) >= 18
