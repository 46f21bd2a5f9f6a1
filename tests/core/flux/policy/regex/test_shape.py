"""Facts about a pattern, held against what its matches really are."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.policy.regex import ast
from buildtool.core.flux.policy.regex.parser import parse
from buildtool.core.flux.policy.regex.re2_dialect import to_re2
from buildtool.core.flux.policy.regex.shape import anchored, ends_in_anything, first_chars, first_of, nullable, spine

ATOMS = ["a", "b", ".", "[ab]", "[^a]", "(a)", "(?:b|a)", "(a|)", "a*", "b+", "a?", "b{2}", "(?:ab)*", "a{0,2}"]
BODY = st.lists(st.sampled_from(ATOMS), max_size=4).map("".join)
PATTERNS = st.builds("{}{}{}".format, st.sampled_from(["", "^"]), BODY, st.sampled_from(["", "$"]))
TEXTS = st.text(alphabet="abc-", max_size=6)


@pytest.mark.parametrize(
    ("pattern", "empty"),
    [
        ("", True),
        ("a", False),
        ("a*", True),
        ("a+", False),
        ("a?", True),
        ("a{0}", True),
        ("a{2}", False),
        ("(a*)+", True),
        ("(a|)", True),
        ("a|b", False),
        ("^$", True),
        ("^a*$", True),
        (r"\b", True),
        ("[ab]*c", False),
    ],
)
def test_what_can_match_nothing(pattern: str, *, empty: bool) -> None:
    assert nullable(parse(pattern).root) is empty


@given(BODY)
def test_nullable_is_what_the_engine_says(body: str) -> None:
    assert nullable(parse(body).root) == (re2.compile(to_re2(parse(f"^(?:{body})$"))).search("") is not None)


@given(BODY, TEXTS)
def test_a_match_begins_with_one_of_the_first_characters(body: str, text: str) -> None:
    tree = parse(body)
    found = re2.compile(to_re2(tree)).match(text)
    if found is not None and found.group():
        assert first_chars(tree.root) >> ord(found.group()[0]) & 1


@pytest.mark.parametrize(
    ("pattern", "begins", "ends"),
    [
        ("", False, False),
        ("a", False, False),
        ("^a", True, False),
        ("a$", False, True),
        ("^a$", True, True),
        (r"\Aa\z", True, True),
        ("(?m)^a$", False, False),
        ("^a|b$", False, False),
        ("^(?:a|b)$", True, True),
        ("(^a$)", True, True),
        ("^a$|^b$", True, True),
        (".*a$", True, True),
        (".+a$", True, True),
        ("[a-z]*a$", False, True),
        ("(?:^a)?$", False, True),
        ("(?:^a){1,2}$", True, True),
        (".*?a$", False, True),
    ],
)
def test_whether_every_match_is_bound_to_the_ends(pattern: str, *, begins: bool, ends: bool) -> None:
    assert anchored(parse(pattern)) == (begins, ends)


@given(PATTERNS, TEXTS, TEXTS)
def test_what_is_said_to_be_bound_is_bound(pattern: str, text: str, more: str) -> None:
    tree = parse(pattern)
    begins, ends = anchored(tree)
    found = re2.compile(to_re2(tree)).search(text + more)
    if found is not None and begins:
        assert found.start() == 0
    if found is not None and (ends or ends_in_anything(tree)):
        assert found.end() == len(text + more)


@pytest.mark.parametrize(
    ("pattern", "first", "last"),
    [
        ("^a$", "text_begin", "text_end"),
        ("(^a$)", "text_begin", "text_end"),
        ("a", "", ""),
        ("", "", ""),
        (r"\ba\B", "word", "not_word"),
        ("(?m)^a$", "line_begin", "line_end"),
        ("(?:^a|^b)$", "", "text_end"),
        ("(^)a($)", "text_begin", "text_end"),
    ],
)
def test_the_outermost_anchors(pattern: str, first: str, last: str) -> None:
    root = parse(pattern).root
    assert (first_of(root), first_of(root, backwards=True)) == (first, last)


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [("abc", "abc"), ("a(b)c", "abc"), ("a(?:b|c)d", "ad"), ("ab*c", "ac"), ("(a)|b", ""), ("", "")],
)
def test_what_takes_part_in_every_match(pattern: str, literals: str) -> None:
    assert "".join(node.char for node in spine(parse(pattern).root) if isinstance(node, ast.Chars)) == literals


@given(BODY, TEXTS)
def test_every_literal_of_the_spine_is_in_every_match(body: str, text: str) -> None:
    tree = parse(body)
    needed = [node.char for node in spine(tree.root) if isinstance(node, ast.Chars) and node.char]
    for found in re.finditer(body, text):
        assert all(found.group().count(one) >= needed.count(one) for one in needed)
