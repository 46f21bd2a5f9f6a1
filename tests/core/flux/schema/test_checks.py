"""One value against its limits; and the packaged patterns mean the same to Python as to Go."""

from __future__ import annotations

from typing import Any

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.schema import catalog, checks
from buildtool.core.flux.schema.crds import KINDS
from buildtool.core.yaml.parser import parse
from tests.core.flux.schema.test_catalog import below

PATTERNS = sorted({
    part["pattern"]
    for (group, kind), versions in KINDS.items()
    for version in versions
    for part in below(catalog.find(f"{group}/{version}", kind) or {})
    if "pattern" in part
})  # fmt: skip


def wrong(text: str, schema: dict[str, Any]) -> str:
    node = parse(text).documents[0].root
    assert node is not None
    return checks.wrong_type(node, schema, "f") or checks.wrong_value(node, schema, "f")


@pytest.mark.parametrize(
    ("text", "schema", "answer"),
    [
        ("5", {"type": "integer", "minimum": 5, "maximum": 5}, ""),
        ("4", {"type": "integer", "minimum": 5}, "f in body should be greater than or equal to 5"),
        ("6", {"type": "integer", "maximum": 5}, "f in body should be less than or equal to 5"),
        ("6.0", {"type": "integer"}, ""),
        ("6.5", {"type": "integer"}, 'of type integer: "number"'),
        ("''", {"type": "string", "minLength": 1}, "f in body should be at least 1 chars long"),
        ("ab", {"type": "string", "maxLength": 1}, "Too long: may not be more than 1 bytes"),
        ("[]", {"type": "array", "minItems": 1}, "should have at least 1 items"),
        ("[1, 2]", {"type": "array", "maxItems": 1}, "Too many: 2: must have at most 1 items"),
        ("{}", {"type": "array"}, 'of type array: "object"'),
        ("x", {"type": "any"}, ""),
        ('"a\\n"', {"type": "string", "pattern": "^a$"}, "should match"),
        (f"{'a' * 5000}", {"type": "string", "pattern": "^b$"}, ""),
        (f"{'z' * 200}", {"type": "string", "enum": ["a"]}, f'"{"z" * 80}…": supported'),
    ],
)
def test_limits(text: str, schema: dict[str, Any], answer: str) -> None:
    found = wrong(text, schema)
    assert answer in found
    assert bool(answer) == bool(found)


@pytest.mark.parametrize("pattern", PATTERNS)
@given(
    text=st.text(st.sampled_from("az09AZ.-_/:=+@[]\\ \nmsh"), max_size=12)
    | st.sampled_from(["1h30m", "https://x", "oci://x", "a/b"])
)
def test_the_packaged_patterns_mean_the_same_to_go(pattern: str, text: str) -> None:
    assert (checks._compiled(pattern).search(text) is None) == (re2.search(pattern, text) is None)
