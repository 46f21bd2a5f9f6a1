"""Batches of cases, a JSON object a line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def case(latest: dict[str, str] | None, marker: str = "ns:app", old: str = "old:1") -> dict[str, Any]:
    files = {"a.yaml": f'image: {old} # {{"$imagepolicy": "{marker}"}}\n'}
    return {"id": "x", "files": files, "policies": [{"namespace": "ns", "name": "app", "latestRef": latest}]}


@pytest.mark.parametrize(
    ("latest", "marker", "new"),
    [
        ({"name": "r.io/app", "tag": "v1"}, "ns:app", "r.io/app:v1"),
        ({"name": "r.io/app", "tag": "v1", "digest": "sha256:" + "0" * 64}, "ns:app", f"r.io/app:v1@sha256:{'0' * 64}"),
        ({"name": "r.io/app", "tag": "v1"}, "ns:app:tag", "v1"),
        ({"name": "r.io/app", "tag": "v1"}, "ns:app:name", "r.io/app"),
        ({"name": "r.io/app", "tag": "v1"}, "ns:other", None),
        (None, "ns:app", None),
    ],
)
def test_what_stands_there_afterwards(latest: dict[str, str] | None, marker: str, new: str | None) -> None:
    found = answer(case(latest, marker))
    assert (found["id"], found["error"]) == ("x", None)
    assert [change["new"] for changes in found["changes"].values() for change in changes] == ([new] if new else [])
    assert ("a.yaml" in found["files"]) == (new is not None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "files", "policies", "path", "latestRef", "name"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.lists(JSON | st.binary(max_size=20), max_size=4))
def test_each_line_has_one_answer_whatever_stands_in_it(lines: list[Any]) -> None:
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    found = list(answers(raw))
    assert len(found) == sum(bool(line.strip()) for line in raw)
    assert all(one.keys() >= {"id", "changes", "files", "error"} for one in found)
    numbers = [one["line"] for one in found if "line" in one]
    assert numbers == sorted(numbers)
