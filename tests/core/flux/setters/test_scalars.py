"""How one scalar is written: whatever style is chosen, a reader of YAML gets the value back."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.setters.commented_node import Style
from buildtool.core.flux.setters.scalars import block_header, choose, double_quoted, facts, printable

VALUES = st.text(alphabet="ab1 \t\n:#-,[]{}'\"\\&*!|>%@`?~/.é\u2028\x00\x1b\ufeff\U0001f600", max_size=12)
# What libyaml of Python reads as go-yaml does: no control characters raw, no line breaks of other scripts.
TAME = st.text(alphabet="ab1 \n:#-,[]{}'\"\\&*!|>%@`?~/.é", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("", '""'),
        ("a b", '"a b"'),
        ('"', '"\\""'),
        ("\\", '"\\\\"'),
        ("a\nb", '"a\\nb"'),
        ("\t", '"\\t"'),
        ("\x00\x07\x1b", '"\\0\\a\\e"'),
        ("\x01\x7f", '"\\x01\\x7F"'),
        ("\x85\xa0\u2028\u2029", '"\\N\xa0\\L\\P"'),
        ("\ufeff", '"\\uFEFF"'),
        ("\U0001f600", '"\\U0001F600"'),
        ("é日", '"é日"'),
        ("'", '"\'"'),
    ],
)
def test_double_quotes(value: str, quoted: str) -> None:
    assert double_quoted(value) == quoted


@given(VALUES)
def test_what_stands_in_double_quotes_is_read_back(value: str) -> None:
    quoted = double_quoted(value)
    assert yaml.safe_load(quoted) == value
    assert "\n" not in quoted
    assert all(printable(one) for one in quoted)


@pytest.mark.parametrize(
    ("value", "block", "flow"),
    [
        ("a", True, True),
        ("a b", True, True),
        ("r.io/web:1", True, False),
        ("a:b", True, False),
        ("a: b", False, False),
        ("a #b", False, False),
        ("a#b", True, True),
        ("-", False, False),
        ("-a", True, True),
        ("- a", False, False),
        ("?a", True, False),
        ("? a", False, False),
        (":a", True, False),
        ("[a", False, False),
        ("a[b", True, False),
        ("a,b", True, False),
        ("{", False, False),
        ("&a", False, False),
        ("*a", False, False),
        ("!a", False, False),
        ("%a", False, False),
        ("@a", False, False),
        ("`a", False, False),
        ("'a", False, False),
        ("a'b", True, True),
        ("---", False, False),
        ("...", False, False),
        (" a", False, False),
        ("a ", False, False),
        ("a\tb", False, False),
        ("a\nb", False, False),
        ("\U0001f600", False, False),
        ("", True, False),
    ],
)
def test_where_a_value_needs_no_quotes(value: str, *, block: bool, flow: bool) -> None:
    found = facts(value)
    assert (found.plain_in_block, found.plain_in_flow) == (block, flow)


@given(TAME)
def test_what_needs_no_quotes_is_read_back_as_it_is(value: str) -> None:
    found = facts(value)
    if found.plain_in_block:
        assert yaml.load(f"k: {value}\n", yaml.BaseLoader) == {"k": value}
        assert yaml.load(f"- {value}\n", yaml.BaseLoader) == [value]
    if found.plain_in_flow:
        assert yaml.load(f"[x, {value}]", yaml.BaseLoader) == ["x", value]
        assert found.plain_in_block, "a flow collection is the narrower place"
    if found.single_quoted and not found.multiline:
        quoted = value.replace("'", "''")
        assert yaml.safe_load(f"'{quoted}'") == value


@given(VALUES, st.sampled_from(Style), st.booleans(), st.booleans())
def test_the_style_that_is_chosen_can_hold_the_value(value: str, style: Style, in_flow: bool, is_key: bool) -> None:  # noqa: FBT001
    found = facts(value)
    chosen = choose(style, found, empty=not value, in_flow=in_flow, is_key=is_key)
    if chosen is Style.PLAIN:
        assert found.plain_in_flow if in_flow else found.plain_in_block
    if chosen is Style.SINGLE:
        assert found.single_quoted
    if chosen in (Style.LITERAL, Style.FOLDED):
        assert found.block
        assert not in_flow
        assert not is_key
    if is_key and found.multiline:
        assert chosen is Style.DOUBLE
    assert choose(chosen, found, empty=not value, in_flow=in_flow, is_key=is_key) is chosen


@pytest.mark.parametrize(
    ("value", "header"),
    [("a", "|-"), ("a\n", "|"), ("a\n\n", "|+"), ("\n", "|2+"), (" a\n", "|2"), ("\na", "|2-"), ("", "|-")],
)
def test_the_header_of_a_block(value: str, header: str) -> None:
    assert block_header(Style.LITERAL, value) == header


@given(st.text(alphabet="ab \n", min_size=1, max_size=10))
def test_a_block_with_its_header_is_read_back(value: str) -> None:
    found = facts(value)
    if found.block and value.strip():
        body = "".join(f"  {line}\n" if line else "\n" for line in value.removesuffix("\n").split("\n"))
        assert yaml.safe_load(f"k: {block_header(Style.LITERAL, value)}\n{body}") == {"k": value}
