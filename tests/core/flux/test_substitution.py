"""Variables of postBuild: what is put in, what stays unknown, and what an unknown text may turn out to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.substitution import Variables, is_unknown, may_be

KNOWN = Variables({"A": "1", "B_2": "two", "EMPTY": ""})
MORE = Variables({"A": "1"}, more=True)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("", ""),
        ("plain $A text", "plain $A text"),
        ("${A}", "1"),
        ("x-${A}-${B_2}", "x-1-two"),
        ("${EMPTY}", ""),
        ("${EMPTY:=x}", ""),
        ("${A:=9}", "1"),
        ("${C:=9}", "9"),
        ("${C:-9}", "9"),
        ("${C=9}", "9"),
        ("${C-9}", "9"),
        ("${C:=}", ""),
        ("${C}", "${C}"),
        ("${C", "${C"),
        ("${1A}", "${1A}"),
        ("${A.B}", "${A.B}"),
        ("${C:=${A}}", "${C:=1}"),
        ("${}", "${}"),
    ],
)
def test_what_is_put_in(text: str, filled: str) -> None:
    assert KNOWN.put_into(text) == filled


def test_a_default_does_not_count_where_the_cluster_may_know_the_variable() -> None:
    assert MORE.put_into("${A} ${C:=9}") == "1 ${C:=9}"


@given(st.text(alphabet="${}AB_:=-x ", max_size=30))
def test_any_text(text: str) -> None:
    """What holds no variable stays; what was put in is not looked at again."""
    filled = KNOWN.put_into(text)
    if "${" not in text:
        assert filled == text
    assert KNOWN.put_into(filled) == filled or is_unknown(filled)


@pytest.mark.parametrize(
    ("text", "wanted", "may"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("${X}", "anything", True),
        ("${X}", "", True),
        ("a-${X}", "a-b", True),
        ("a-${X}", "a-", True),
        ("a-${X}", "b-a", False),
        ("${X}-a", "b-a", True),
        ("${X}-a-${Y}", "1-a-2", True),
        ("${X}-a-${Y}", "1-b-2", False),
        ("b-a", "${X}-a", True),
        ("b-c", "${X}-a", False),
        ("${X}", "${Y}", True),
        ("a.c", "${X}.c", True),
        ("abc", "a.${X}", False),
        ("${X", "b", True),
        ("${A}${B}${C}${D}${E}${F}", "x", True),
        ("p${A}${B}${C}${D}${E}${F}", "x", False),
        ("a\n${X}", "a\nb\nc", True),
    ],
)
def test_what_an_unknown_text_may_be(text: str, wanted: str, *, may: bool) -> None:
    assert may_be(text, wanted) is may
    assert may_be(wanted, text) is may


@given(
    st.text(alphabet="ab-.", max_size=8), st.text(alphabet="ab-.", max_size=8), st.text(alphabet="ab-.$", max_size=8)
)
def test_a_variable_may_be_whatever_was_put_in(before: str, after: str, value: str) -> None:
    template = f"{before}${{X}}{after}"
    assert may_be(template, Variables({"X": value}).put_into(template))
