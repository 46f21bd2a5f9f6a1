"""The document of a baseline: sorted, read back as it was written, and refused in any other shape."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.errors import BASELINE_INVALID, BuildtoolError
from buildtool.usecases.check.baseline import SCHEMA, as_document, from_document
from buildtool.usecases.check.identity import Identity

IDENTITIES = st.lists(st.builds(Identity, st.text(), st.text(), st.text(), st.text()), max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["path", "findings"]), inner),
    max_leaves=8,
)


@given(IDENTITIES)
def test_it_is_read_back_sorted(found: list[Identity]) -> None:
    document = json.loads(json.dumps(as_document(found)))
    assert from_document(document, "b.json") == sorted(found)
    assert as_document(reversed(found)) == as_document(found)


@given(JSON)
def test_any_other_document_is_refused_with_the_name_of_the_file(document: Any) -> None:
    with pytest.raises(BuildtoolError, match=r"b\.json") as raised:
        from_document(document, "b.json")
    assert raised.value.kind is BASELINE_INVALID


@pytest.mark.parametrize(
    "findings", [None, {}, "x", [1], [{}], [{"path": "a", "code": "b", "message": "c", "line": 4}]]
)
def test_findings_of_another_shape_are_refused(findings: Any) -> None:
    with pytest.raises(BuildtoolError, match="findings"):
        from_document({"schema": SCHEMA, "findings": findings}, "b.json")


def test_keys_that_a_person_added_are_passed_over() -> None:
    entry = {"path": "a", "code": "b", "message": "c", "line": "", "owner": "team-x"}
    assert from_document({"schema": SCHEMA, "findings": [entry], "note": 1}, "b") == [Identity("a", "b", "c", "")]
