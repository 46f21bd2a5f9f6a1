"""What Flux's reader takes and libyaml refuses, and the reverse; the sentences are those of go-yaml's own scanner."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.yaml import go_dialect
from buildtool.core.yaml.parser import parse


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ('a: 1\nb: "x\\/y"\n', 2, "escape"),
        ('a: "\\\\\\/"\n', 1, "escape"),
        ("a: [!x,]\n", 1, "comma"),
        ("a: [b, !!str,c]\n", 1, "comma"),
        ("a: {b: !x, c: d}\n", 1, "comma"),
        ("a: [http://h.example/?q=1]\n", 1, "?"),
        ("a: {b: c?}\n", 1, "?"),
    ],
)
def test_what_go_refuses(text: str, line: int, word: str) -> None:
    assert not parse(text).problems
    found = go_dialect.refused(text)
    assert found is not None
    assert found.line == line
    assert word in found.reason


@pytest.mark.parametrize(
    "text",
    [
        "a: '\\/'\n",
        'a: "\\\\/"\n',
        "a: \\/\n",
        "a: |\n  \\/ and [what?]\n",
        "a: http://h.example/?q=1\n",
        "a: ['(?P<ts>[0-9])', \"b?\"]\n",
        "a: [!x b, c]\n",
        "a: [!x, b]\n",
        "a: [!x , b]\n",
        "# \\/ [a?]\na: 1\n",
        "a: b, c?\n",
    ],
)
def test_what_go_reads(text: str) -> None:
    assert not parse(text).problems
    assert go_dialect.refused(text) is None


def test_an_escaped_apostrophe_is_read_as_go_reads_it() -> None:
    parsed = parse("a: \"it\\'s \\'so\\'\"\nb: 1\n")
    assert parsed.problems == []
    root = parsed.documents[0].root
    assert root is not None
    assert root.string("a") == "it's 'so'"
    assert root.get("b").line == 2  # type: ignore[union-attr]


def test_other_errors_and_very_many_apostrophes_stay_errors() -> None:
    assert [one.code for one in parse('a: "\\q"\n').problems] == ["yaml-syntax"]
    assert [one.code for one in parse('a: "\\\'\\q"\n').problems] == ["yaml-syntax"]
    many = '- "\\\'"\\n' * 2000
    assert [one.code for one in parse(many).problems] == ["yaml-syntax"]


@given(st.text(alphabet="a:[]{},?!\\/\"' \n-", max_size=40))
def test_no_text_makes_it_fail(text: str) -> None:
    found = go_dialect.refused(text)
    assert found is None or 1 <= found.line <= text.count("\n") + 1
    assert parse(text) is not None
