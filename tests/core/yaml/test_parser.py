"""Trees with places for every text, and a problem in bounded time for every hostile one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.yaml.bounds import MAX_BYTES, MAX_DEPTH
from buildtool.core.yaml.node import Shape
from buildtool.core.yaml.parser import parse
from buildtool.core.yaml.scanner import scan

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "bomb": (LAUGHS, "yaml-bomb"),
    "an anchor inside itself": ("&a [*a]\n", "yaml-bomb"),
    "an anchor that is missing": ("a: *b\n", "yaml-syntax"),
    "deep flow": ("[" * 100_000, "yaml-too-deep"),
    "deep flow, then what no YAML holds": ("a: " + "[" * (MAX_DEPTH + 1) + "@", "yaml-too-deep"),
    "deep flow of both kinds": ("x: y\nk: " + "[{" * 1_000, "yaml-too-deep"),
    "deep flow behind a byte order mark": ("\ufeff" + "[" * 2_000, "yaml-too-deep"),
    "shallow flow, then what no YAML holds": ("a: " + "[" * (MAX_DEPTH - 1) + "@", "yaml-syntax"),
    "brackets in quotes, then what no YAML holds": (f"a: ['{'[' * 2_000}', @]", "yaml-syntax"),
    "deep block": ("- " * 5_000 + "x", "yaml-too-deep"),
    "large": ("a" * (MAX_BYTES + 1), "yaml-too-large"),
    "a tab": ("a:\n\tb: 1\n", "yaml-syntax"),
    "binary": ("\x00\x01\x02", "yaml-syntax"),
    "a lone surrogate": ("a: \ud800\n", "yaml-syntax"),
    "duplicate keys": ("a: 1\nb: 2\na: 3\n", "yaml-duplicate-key"),
    "an open quote": ("a: 'b\n", "yaml-syntax"),
    "an unknown tag handle": ("a: !x!y z\n", "yaml-syntax"),
    "two directives": ("%YAML 1.1\n%YAML 1.1\n---\na\n", "yaml-syntax"),
}


@pytest.mark.parametrize(("text", "code"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_ends_in_a_problem(text: str, code: str) -> None:
    problems = parse(text).problems
    assert [problem.code for problem in problems] == [code]
    assert problems[0].line >= 1
    assert problems[0].message


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 999, 1_000, 1_001, 1_024, 1_025, 20_000])
@pytest.mark.parametrize("bracket", ["[", "{", "[{"])
def test_our_own_bound_decides_before_the_librarys(bracket: str, depth: int) -> None:
    """Libyaml 0.2.6 gives up at 1,000 open brackets, which it meets before it gives the first event of their line."""
    for before in ("", "a: ", "- b\n- "):
        problems = parse(before + bracket * depth).problems
        assert [problem.code for problem in problems] == ["yaml-too-deep"]
        assert problems[0].message == f"nested deeper than {MAX_DEPTH} levels"
        assert problems == scan(before + bracket * depth)


@pytest.mark.parametrize(("text", "code"), HOSTILE.values(), ids=HOSTILE)
def test_the_scanner_finds_the_same(text: str, code: str) -> None:
    assert [problem.code for problem in scan(text)] == [code]


@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@`,? \n\t0~<", max_size=60))
def test_no_text_raises_and_the_scanner_agrees(text: str) -> None:
    assert scan(text) == parse(text).problems


@given(st.binary(max_size=80))
def test_no_bytes_raise(data: bytes) -> None:
    text = data.decode("utf-8", errors="replace")
    parsed = parse(text)
    assert parsed.problems == scan(text)
    for problem in parsed.problems:
        assert 1 <= problem.line <= text.count("\n") + text.count("\r") + 2
        assert problem.message.isprintable()


def test_values_and_their_places() -> None:
    root = parse("a:\n  b: [1, 'x']\n  c: &n text\nd: *n\n").documents[0].root
    assert root is not None
    found = root.get("a", "c")
    assert found is not None
    assert (found.text, found.line, found.column) == ("text", 3, 6)
    assert root.string("d") == "text"
    assert [(item.text, item.kind) for item in root.each("a", "b")] == [("1", "int"), ("x", "str")]
    key = root.key("d")
    assert key is not None
    assert (key.line, key.column) == (4, 1)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", "int"),
        ("0x1F", "int"),
        ("1.0", "float"),
        ("1e3", "float"),
        (".inf", "float"),
        ("true", "bool"),
        ("yes", "str"),
        ("~", "null"),
        ("", "null"),
        ("'1'", "str"),
        ("v1", "str"),
        ("1.2.3", "str"),
        ("!!str 1", "str"),
        ("192.168.0.40:5000", "str"),
    ],
)
def test_what_a_reader_makes_of_a_scalar(text: str, kind: str) -> None:
    root = parse(f"a: {text}\n").documents[0].root
    assert root is not None
    value = root.get("a")
    assert value is not None
    assert value.kind == kind


def test_documents_are_counted_and_empty_ones_have_no_root() -> None:
    documents = parse("---\n---\na: 1\n---\n# nothing\n").documents
    assert [document.root is None for document in documents] == [True, False, True]


def test_plain_values_keep_aliases_finite() -> None:
    root = parse("a: &a [1, 2]\nb: [*a, *a]\nc: {d: 1.5, e: null, f: true}\n").documents[0].root
    assert root is not None
    assert root.plain() == {"a": [1, 2], "b": [[1, 2], [1, 2]], "c": {"d": 1.5, "e": None, "f": True}}


def test_a_walk_does_not_follow_aliases() -> None:
    root = parse("a: &a {b: 1}\nc: *a\n").documents[0].root
    assert root is not None
    assert [node.shape for _, node in root.walk()] == [Shape.MAP, Shape.MAP, Shape.SCALAR, Shape.ALIAS]


def test_the_depth_that_is_allowed() -> None:
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH).problems == []


def test_a_merge_key_may_repeat() -> None:
    assert parse("a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n").problems == []
