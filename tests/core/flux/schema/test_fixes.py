"""What to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from buildtool.core.flux.schema import fixes
from buildtool.core.yaml.parser import parse

DURATION = {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"}
URL = {"type": "string", "pattern": "^(http|https|ssh)://.*$"}
TREE: dict[str, Any] = {"fields": {"spec": {"fields": {"git": {"fields": {"path": {}}}, "path": {}}}, "kind": {}}}


@pytest.mark.parametrize(
    ("name", "known", "answer"),
    [("ORDER", ["order"], "order"), ("ordr", ["order", "range"], "order"), ("zzz", ["order"], ""), ("x", [], "")],
)
def test_the_nearest_name(name: str, known: list[str], answer: str) -> None:
    assert fixes.meant(name, known) == answer


def test_the_places_of_a_field() -> None:
    assert list(fixes.homes("path", TREE)) == ["spec.git", "spec"]
    assert list(fixes.homes("kind", TREE)) == [""]
    assert list(fixes.homes("nothing", TREE)) == []


@pytest.mark.parametrize(
    ("text", "schema", "answer"),
    [
        ("60", DURATION, "60s, 60m or 60h"),
        ("3 days", DURATION, "72h"),
        ("1.5 hours", DURATION, "write 1.5h"),
        ("99999999999999d", DURATION, "write numbers with a unit"),
        ("1.5d", DURATION, "write numbers with a unit"),
        ("soon", DURATION, "write numbers with a unit"),
        ("git@github.com:o/r.git", URL, "write ssh://git@github.com/o/r.git"),
        ("github.com:o/r.git", URL, "write ssh://git@github.com/o/r.git"),
        ("git:o", URL, ""),
        ("true", {"type": "string"}, 'put the value into quotes: "true"'),
        ("'5'", {"type": "integer"}, "write 5 without quotes"),
        ("five", {"type": "integer"}, "write a integer"),
        ("x", {"type": "string"}, ""),
    ],
)
def test_a_value(text: str, schema: dict[str, str], answer: str) -> None:
    root = parse(text).documents[0].root
    assert root is not None
    found = fixes.for_value(root, schema)
    assert answer in found
    assert bool(answer) == bool(found)
