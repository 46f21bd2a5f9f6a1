"""Go's regular expressions: the tree, the limits, and RE2 as the judge of what is one at all."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.policy.regex import ast
from buildtool.core.flux.policy.regex.parser import parse
from buildtool.core.flux.policy.regex.re2_dialect import to_re2
from buildtool.core.flux.policy.regex.rejection import RegexError

PIECES = [
    "a",
    "b",
    "-",
    "1",
    ".",
    "^",
    "$",
    "|",
    "(",
    ")",
    "(?:",
    "(?P<n>",
    "(?i)",
    "*",
    "+",
    "?",
    "{2}",
    "{1,3}",
    "{2,}",
]
PIECES += [
    "[ab]",
    "[^a]",
    "[0-9]",
    "[[:alpha:]]",
    "\\d",
    "\\w",
    "\\b",
    "\\.",
    "\\x41",
    "\\Q",
    "\\E",
    "\\pL",
    "[",
    "]",
    "{",
    "}",
]
PATTERNS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
TEXTS = st.text(alphabet="abAB1-. \n", max_size=8)


def shape(node: ast.Node) -> str:
    """The tree as words: `cat(a,rep(b,1,))`."""
    match node:
        case ast.Chars():
            return node.char or "set"
        case ast.Anchor():
            return node.kind
        case ast.Group():
            return f"{node.name or node.number}({shape(node.body)})"
        case ast.Concat():
            return f"cat({','.join(map(shape, node.parts))})"
        case ast.Alternate():
            return f"alt({','.join(map(shape, node.branches))})"
        case ast.Repeat():
            high = "" if node.high is None else node.high
            return f"rep({shape(node.body)},{node.low},{high}{'' if node.greedy else ',lazy'})"


def refusal(pattern: str) -> str:
    """Go's code and the part it complains about; "" where it takes the pattern."""
    try:
        parse(pattern)
    except RegexError as error:
        return f"{error.code}: {error.expression}"
    return ""


@pytest.mark.parametrize(
    ("pattern", "tree"),
    [
        ("", "cat()"),
        ("a", "a"),
        ("ab", "cat(a,b)"),
        ("a|b", "alt(a,b)"),
        ("a|", "alt(a,cat())"),
        ("(a)", "1(a)"),
        ("(?P<x>a)", "x(a)"),
        ("(?<x>a)", "x(a)"),
        ("(?:a)", "a"),
        ("(a)(b)", "cat(1(a),2(b))"),
        ("((a))", "1(2(a))"),
        ("a*", "rep(a,0,)"),
        ("a+?", "rep(a,1,,lazy)"),
        ("a?", "rep(a,0,1)"),
        ("a{2}", "rep(a,2,2)"),
        ("a{2,}", "rep(a,2,)"),
        ("a{2,3}?", "rep(a,2,3,lazy)"),
        ("(?U)a*", "rep(a,0,,lazy)"),
        ("(?U)a*?", "rep(a,0,)"),
        ("^a$", "cat(text_begin,a,text_end)"),
        ("(?m)^a$", "cat(line_begin,a,line_end)"),
        (r"\Aa\z", "cat(text_begin,a,text_end)"),
        (r"\ba\B", "cat(word,a,not_word)"),
        ("[a]", "set"),
        ("[ab]", "set"),
        (".", "set"),
        (r"\Qa.b\E", "cat(a,.,b)"),
        (r"\Qa+\E+", "cat(a,rep(+,1,))"),
        ("a{", "cat(a,{)"),
        ("a{,2}", "cat(a,{,,,2,})"),
        ("a{2", "cat(a,{,2)"),
        ("]", "]"),
        ("}", "}"),
    ],
)
def test_the_tree(pattern: str, tree: str) -> None:
    assert shape(parse(pattern).root) == tree


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("(", "missing closing ): ("),
        (")", "unexpected ): )"),
        ("a)", "unexpected ): a)"),
        ("*", "missing argument to repetition operator: *"),
        ("a**", "invalid nested repetition operator: **"),
        ("a{2}{3}", "invalid nested repetition operator: {2}{3}"),
        ("a{1001}", "invalid repeat count: {1001}"),
        ("a{3,2}", "invalid repeat count: {3,2}"),
        ("(a{40}){40}", "invalid repeat count: "),
        ("[", "missing closing ]: ["),
        ("[a", "missing closing ]: [a"),
        ("[z-a]", "invalid character class range: z-a"),
        ("\\", "trailing backslash at end of expression: "),
        ("\\1", "invalid escape sequence: \\1"),
        ("\\Z", "invalid escape sequence: \\Z"),
        ("\\x{110000}", "invalid escape sequence: "),
        ("\\pX", "invalid character class range: "),
        ("(?=a)", "invalid or unsupported Perl syntax: (?="),
        ("(?!a)", "invalid or unsupported Perl syntax: (?!"),
        ("(?>a)", "invalid or unsupported Perl syntax: (?>"),
        ("(?P<>a)", "invalid named capture: (?P<>"),
        ("(?P<a-b>a)", "invalid named capture: (?P<a-b>"),
        ("(?P=n)", "invalid "),
        ("(?x)a", "invalid or unsupported Perl syntax: (?x"),
        ("(?P<n>a)(?P<n>b)", "duplicate"),
    ],
)
def test_what_go_refuses(pattern: str, code: str) -> None:
    if code == "duplicate":
        assert refusal(pattern) == "" or refusal(pattern).startswith("duplicate capture group name")
    else:
        assert refusal(pattern).startswith(code)


def test_names_of_groups() -> None:
    assert parse("(a)(?P<ts>b)(?:c)(?P<x>d)").names == (None, None, "ts", "x")
    assert parse("").groups == 0


@pytest.mark.parametrize(
    "pattern", ["(" * 1000 + ")" * 1000, "a?" * 5000, "(a|b)" * 2000, "[a-z]{1000}", "(?:a{10}){100}"]
)
def test_large_patterns_are_read(pattern: str) -> None:
    assert refusal(pattern) in {"", f"expression nests too deeply: {pattern}"}


@pytest.mark.parametrize("pattern", ["(" * 1002 + ")" * 1002, "a" * (1 << 17 | 1), "((((a{100}){100}){100}){100})"])
def test_bounds(pattern: str) -> None:
    assert refusal(pattern).partition(":")[0] in {
        "expression nests too deeply",
        "expression too large",
        "invalid repeat count",
    }


@given(PATTERNS)
def test_re2_compiles_what_we_read_in_the_form_we_give_it(pattern: str) -> None:
    if refusal(pattern) == "":
        tree = parse(pattern)
        assert re2.compile(to_re2(tree)).groups == tree.groups


@given(PATTERNS)
def test_re2_refuses_what_we_refuse(pattern: str) -> None:
    """RE2 and Go share their syntax, a few corners aside: those where Go's newer versions take more."""
    options = re2.Options()
    options.log_errors = False
    taken = True
    try:
        re2.compile(pattern, options)
    except re2.error:
        taken = False
    assert (
        (refusal(pattern) == "") == taken or "{" in pattern or "\\Q" in pattern or "\\E" in pattern or "(?i)" in pattern
    )


@given(PATTERNS, TEXTS)
def test_the_form_for_re2_matches_what_the_pattern_matches(pattern: str, text: str) -> None:
    options = re2.Options()
    options.log_errors = False
    try:
        direct, ours = re2.compile(pattern, options), re2.compile(to_re2(parse(pattern)), options)
    except (re2.error, RegexError):
        return
    if "$" not in pattern or "\n" not in text:
        left, right = direct.search(text), ours.search(text)
        assert (left and left.span()) == (right and right.span())


@given(TEXTS, st.booleans())
def test_a_quoted_text_matches_itself_alone(text: str, fold: bool) -> None:  # noqa: FBT001 -- hypothesis
    pattern = (
        f"^{'(?i)' if fold else ''}{re.escape(text)}$".replace("\\\n", "\n").replace("\\ ", " ").replace("\\-", "-")
    )
    assert refusal(pattern) == ""
    compiled = re2.compile(to_re2(parse(pattern)))
    assert compiled.search(text)
    assert not compiled.search(f"{text}x")
    assert bool(compiled.search(text.swapcase())) == (fold or text == text.swapcase())
