"""One value of YAML: its kind, its places, and ways to reach what is below it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.yaml.node import Shape
from buildtool.core.yaml.parser import parse

if TYPE_CHECKING:
    from buildtool.core.yaml.node import Node

TEXT = """\
a: 1
b:
  c: [x, {d: y}, ~]
  e: 'quoted'
  f: |
    block
  g: &g {h: i}
j: *g
k: !!str 5
l: ! 5
m: "5"
a2: null
"""


def node(text: str) -> Node:
    root = parse(text).documents[0].root
    assert root is not None
    return root


ROOT = node(TEXT)


def at(*path: str) -> Node:
    found = ROOT.get(*path)
    assert found is not None, path
    return found


@pytest.mark.parametrize(
    ("path", "text", "kind", "line", "column"),
    [
        (("a",), "1", "int", 1, 4),
        (("b", "e"), "quoted", "str", 4, 6),
        (("b", "f"), "block\n", "str", 5, 6),
        (("b", "g", "h"), "i", "str", 7, 13),
        (("j", "h"), "i", "str", 7, 13),
        (("k",), "5", "str", 9, 4),
        (("l",), "5", "str", 10, 4),
        (("m",), "5", "str", 11, 4),
        (("a2",), "null", "null", 12, 5),
    ],
)
def test_values_and_places(path: tuple[str, ...], text: str, kind: str, line: int, column: int) -> None:
    found = at(*path)
    assert (found.text, found.kind, found.line, found.column) == (text, kind, line, column)


@pytest.mark.parametrize(
    "path", [("z",), ("a", "x"), ("b", "c", "x"), ("b", "z", "x"), ("j", "z"), ("",), ("b", "e", "")]
)
def test_what_is_not_there(path: tuple[str, ...]) -> None:
    assert ROOT.get(*path) is None
    assert ROOT.string(*path) == ""
    assert ROOT.each(*path) == []
    assert not ROOT.true(*path)


def test_without_a_path_it_is_itself() -> None:
    assert ROOT.get() is ROOT
    assert at("j") is at("b", "g"), "an alias is what it stands for"


@pytest.mark.parametrize(
    ("path", "text"),
    [(("a",), "1"), (("a2",), ""), (("b",), ""), (("b", "c"), ""), (("m",), "5"), (("b", "f"), "block\n")],
)
def test_strings(path: tuple[str, ...], text: str) -> None:
    assert ROOT.string(*path) == text


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("a: true", True),
        ("a: True", True),
        ("a: TRUE", True),
        ("a: 'true'", False),
        ("a: yes", False),
        ("a: on", False),
        ("a: 1", False),
        ("a: false", False),
        ("a: !!bool true", True),
        ("a: !!str true", False),
        ("a: [true]", False),
    ],
)
def test_true(text: str, *, yes: bool) -> None:
    assert node(text).true("a") is yes


def test_items_are_what_their_aliases_stand_for() -> None:
    found = node("x: &x {a: b}\nl: [*x, 1, [2]]").each("l")
    assert [item.kind for item in found] == ["map", "int", "seq"]
    assert found[0].string("a") == "b"


def test_of_keys_that_stand_twice_the_last_counts_and_the_first_has_the_place() -> None:
    root = node("a: 1\nb: 2\na: 3\n")
    key = root.key("a")
    assert key is not None
    assert (root.string("a"), key.line) == ("3", 1)
    assert root.key("z") is None


def test_a_walk_visits_each_node_once_in_the_order_of_the_file() -> None:
    walked = [found for _, found in ROOT.walk()]
    assert len({id(found) for found in walked}) == len(walked)
    places = [(found.line, found.column) for found in walked[1:]]
    assert places == sorted(places)
    assert [key.text for key, _ in ROOT.walk() if key is not None][:3] == ["a", "b", "c"]
    assert sum(found.shape is Shape.ALIAS for found in walked) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-1", -1),
        ("+1", 1),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0o17", 15),
        ("0b101", 5),
        ("-0x10", -16),
        ("0x", "0x"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        (".inf", "inf"),
        ("-.INF", "-inf"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("yes", "yes"),
        ("1.2.3", "1.2.3"),
        ("12:30", "12:30"),
        ("1e", "1e"),
        ("_1", "_1"),
        ("0xZZ", "0xZZ"),
        ("2001-01-01", "2001-01-01"),
        ("'1'", "1"),
        ("!!int '7'", 7),
        ("!!float 7", 7.0),
        ("!!int x", "x"),
        ("9" * 400, int("9" * 400)),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_plain_values(text: str, value: Any) -> None:
    found = node(f"a: {text}").plain()["a"]
    if value in ("inf", "-inf"):
        assert found == float(value) or found == text
    else:
        assert found == value
        assert type(found) is type(value)


def test_not_a_number_is_read_without_an_error() -> None:
    found = node("a: .nan").plain()["a"]
    assert found == ".nan" or math.isnan(found)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(alphabet="abc 019:#-'\"\n{}[]&*!|>%@", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet="abc:# '", min_size=1, max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(VALUES, st.sampled_from([None, True, False]))
def test_what_is_written_is_read(value: Any, style: bool | None) -> None:  # noqa: FBT001 -- hypothesis
    text = yaml.safe_dump({"value": value}, default_flow_style=style, allow_unicode=True, width=1000)
    parsed = parse(text)
    assert parsed.problems == []
    assert node(text).plain() == yaml.safe_load(text)


@given(VALUES)
def test_every_node_lies_inside_the_text(value: Any) -> None:
    text = yaml.safe_dump({"value": value}, allow_unicode=True)
    lines = text.split("\n")
    for _, found in node(text).walk():
        assert 1 <= found.line <= len(lines)
        assert 1 <= found.column <= len(lines[found.line - 1]) + 1
        assert found.end_line >= found.line
