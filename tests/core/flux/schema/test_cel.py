"""The rules of CRDs: what holds, what does not, and what depends on something unknown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.schema import catalog
from buildtool.core.flux.schema.cel import UNKNOWN, UnsupportedRuleError, compiled, holds
from buildtool.core.flux.schema.crds import KINDS

RULE = "!has(self.a) || (has(self.b) && self.b == 'x')"


@pytest.mark.parametrize(
    ("rule", "value", "answer"),
    [
        (RULE, {}, True),
        (RULE, {"a": 1}, False),
        (RULE, {"a": 1, "b": "y"}, False),
        (RULE, {"a": 1, "b": "x"}, True),
        (RULE, {"a": 1, "b": UNKNOWN}, None),
        (RULE, {"a": UNKNOWN}, None),
        (RULE, {"a": UNKNOWN, "b": "x"}, True),
        ("self.a.b != 'x'", {"a": {"b": "y"}}, True),
        ("self.a.b != 'x'", {"a": {}}, None),
        ("self.a.b != 'x'", {}, None),
        ("has(self.a.b)", {"a": {"b": 0}}, True),
        ("size(self.a) > 0", {"a": []}, False),
        ("size(self.a) > 0", {"a": [1]}, True),
        ("size(self.a) == 0", {"a": UNKNOWN}, None),
        ("self.a <= 3 && self.a >= 3", {"a": 3}, True),
        ("self.a < 3 || self.a > 3", {"a": 3}, False),
        ("self.a == 'x' || self.a == \"y\"", {"a": "y"}, True),
        ("!(self.a == 'x')", {"a": "y"}, True),
        ("self.a == 'x'", {"a": 1}, None),
    ],
)
def test_rules(rule: str, value: dict[str, Any], *, answer: bool | None) -> None:
    assert holds(rule, value) is answer


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "self.a.exists(x, x)",
        "self.a ?",
        "oldSelf == self",
        "self.",
        "has(self.a",
        "self.a == ",
        "a && b",
        "self.a[0]",
    ],
)
def test_other_parts_of_cel_are_said_to_be_unsupported(rule: str) -> None:
    with pytest.raises(UnsupportedRuleError):
        compiled(rule)


def rules_in(schema: dict[str, Any]) -> list[str]:
    below = [*schema.get("fields", {}).values(), schema.get("items"), schema.get("values")]
    return [rule for rule, _ in schema.get("rules", ())] + [r for one in below if one for r in rules_in(one)]


RULES = sorted({
    rule
    for (group, kind), versions in KINDS.items()
    for version in versions
    for rule in rules_in(catalog.find(f"{group}/{version}", kind) or {})
})  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_every_packaged_rule_is_understood(rule: str) -> None:
    assert callable(compiled(rule))


NAMES = ("provider", "type", "secretRef", "sts", "interval", "kind", "chart", "chartRef")
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.just(UNKNOWN), st.sampled_from(["aws", "generic", "Always", "azure"]), st.just([]), st.just({})
)


@given(st.sampled_from(RULES), st.dictionaries(st.sampled_from(NAMES), VALUES), st.sampled_from(NAMES), VALUES)
def test_what_is_known_of_a_rule_stays_true_when_more_becomes_known(
    rule: str, value: dict[str, Any], name: str, known: Any
) -> None:
    before = holds(rule, {**value, name: UNKNOWN})
    assert before is None or holds(rule, {**value, name: known}) in (before, None)
