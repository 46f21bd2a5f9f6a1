"""Tokens: each with its text at its place, trimmed as Go trims, and nothing lost between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.gotemplate.lexer import Kind, SyntaxFailure, is_word, tokens

if TYPE_CHECKING:
    from buildtool.core.flux.gotemplate.lexer import Token

PIECES = [
    "text ",
    "\n",
    "{{",
    "}}",
    "{{-",
    "-}}",
    " ",
    "-",
    ".",
    "$x",
    ".Name",
    "upper",
    '"s"',
    "`r`",
    "'c'",
    "1",
    "0x1F",
]
PIECES += ["|", "(", ")", ":=", "=", ",", "if", "end", "true", "nil", "/*", "*/", "+", "i", "é", "\t"]
ANY = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def kinds(text: str) -> list[str]:
    return [token.kind.name for token in tokens(text)]


def texts(text: str) -> list[str]:
    return [token.text for token in tokens(text) if token.kind not in (Kind.SPACE, Kind.EOF)]


def read(text: str) -> tuple[list[Token], tuple[str, int] | None]:
    """The tokens up to the first failure, and what Go says and where; None where all of it can be read."""
    found: list[Token] = []
    try:
        found.extend(tokens(text))
    except SyntaxFailure as refused:
        return found, (refused.message, refused.position)
    return found, None


def failure(text: str) -> tuple[str, int] | None:
    return read(text)[1]


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        ("$", "VARIABLE"),
        ("$x", "VARIABLE"),
        ("$日本", "VARIABLE"),
        (".", "DOT"),
        (".A", "FIELD"),
        (".A_1", "FIELD"),
        ("._x", "FIELD"),
        ("upper", "IDENTIFIER"),
        ("_x1", "IDENTIFIER"),
        ("été", "IDENTIFIER"),
        ("ending", "IDENTIFIER"),
        ("nil", "NIL"),
        ("nils", "IDENTIFIER"),
        ("true", "BOOL"),
        ("false", "BOOL"),
        ("True", "IDENTIFIER"),
        ("1", "NUMBER"),
        ("-1", "NUMBER"),
        ("+1", "NUMBER"),
        (".5", "NUMBER"),
        ("0x1Fp-2", "NUMBER"),
        ("0b101", "NUMBER"),
        ("0o17", "NUMBER"),
        ("1_000", "NUMBER"),
        ("1e+9", "NUMBER"),
        ("2i", "NUMBER"),
        ("1+2i", "COMPLEX"),
        ("1-2i", "COMPLEX"),
        ('"a\\"b"', "STRING"),
        ('""', "STRING"),
        ("`a\nb`", "RAW"),
        ("'a'", "CHARACTER"),
        ("'\\''", "CHARACTER"),
        ("|", "PIPE"),
        ("=", "ASSIGN"),
        (":=", "DECLARE"),
        (",", "OTHER"),
        ("@", "OTHER"),
    ],
)
def test_one_token(inside: str, kind: str) -> None:
    assert kinds("{{" + inside + "}}") == ["LEFT", kind, "RIGHT", "EOF"]
    assert texts("{{" + inside + "}}") == ["{{", inside, "}}"]


@pytest.mark.parametrize(
    "word", ["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"]
)
def test_keywords(word: str) -> None:
    assert kinds("{{" + word + "}}")[1] == "KEYWORD"
    assert kinds("{{" + word + "s}}")[1] == "IDENTIFIER"
    assert kinds("{{." + word + "}}")[1] == "FIELD"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a {{- 1 -}} b", ["a", "{{", "1", "}}", "b"]),
        ("a\n\t {{- 1}} b", ["a", "{{", "1", "}}", " b"]),
        ("a {{1 -}}\r\n b", ["a ", "{{", "1", "}}", "b"]),
        ("a {{-1}} b", ["a ", "{{", "-1", "}}", " b"]),
        ("  {{- 1 -}}  ", ["{{", "1", "}}"]),
        ("a {{- /* c */ -}} b", ["a", "b"]),
        ("a {{/* c */}} b", ["a ", " b"]),
        ("a {{- /* c */}} b", ["a", " b"]),
        ("\u00a0{{- 1}}", ["\u00a0", "{{", "1", "}}"]),
        ("{ {1} }", ["{ {1} }"]),
        ("a}}b", ["a}}b"]),
        ("{{{1}}", None),
    ],
)
def test_trimming_and_comments(text: str, shown: list[str] | None) -> None:
    """Only Go's four blanks are trimmed, and only where the sign has a blank beside it."""
    if shown is None:
        assert "OTHER" in kinds(text)
    else:
        assert texts(text) == shown


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("ab{{", "unclosed action", 4),
        ("{{ 1 ", "unclosed action", 5),
        ("a{{/* x", "unclosed comment", 3),
        ("{{/* x */ 1}}", "comment ends before closing delimiter", 2),
        ("{{(1}}", "unclosed left paren", 4),
        ("{{1)}}", "unexpected right paren", 3),
        ("{{:}}", "expected :=", 2),
        ('{{"a}}', "unterminated quoted string", 2),
        ('{{"a\n"}}', "unterminated quoted string", 2),
        ("{{'a}}", "unterminated character constant", 2),
        ("{{`a}}", "unterminated raw quoted string", 2),
        ("{{a-b}}", "bad character U+002D '-'", 2),
        ("{{.A!}}", "bad character U+0021 '!'", 2),
        ("{{1a}}", 'bad number syntax: "1a"', 2),
        ("{{1+2}}", 'bad number syntax: "1+2"', 2),
        ("{{\x01}}", "unrecognized character in action: U+0001 '\\x01'", 2),
    ],
)
def test_what_cannot_be_read(text: str, message: str, position: int) -> None:
    assert failure(text) == (message, position)


@given(ANY)
def test_each_token_stands_at_its_place(text: str) -> None:
    """Up to the first failure: in order, without overlap, each the text that stands there."""
    end = 0
    found, refused = read(text)
    for token in found:
        assert token.position >= end
        if token.kind is not Kind.EOF:
            assert text.startswith(token.text, token.position)
            end = token.position + len(token.text)
        assert token.text or token.kind is Kind.EOF
    assert refused is None or 0 <= refused[1] <= len(text)


@given(ANY)
def test_nothing_is_lost_where_nothing_is_trimmed(text: str) -> None:
    if failure(text) is None and "/*" not in text and "{{-" not in text and "-}}" not in text:
        assert "".join(token.text for token in tokens(text) if token.kind is not Kind.EOF) == text


@given(ANY)
def test_the_end_is_the_last_token_and_the_only_one_of_its_kind(text: str) -> None:
    if failure(text) is None:
        found = kinds(text)
        assert found[-1] == "EOF"
        assert found.count("EOF") == 1
        assert found.count("LEFT") == found.count("RIGHT")


@given(ANY)
def test_a_text_without_a_delimiter_is_one_token(text: str) -> None:
    if "{{" not in text:
        assert kinds(text) == (["TEXT", "EOF"] if text else ["EOF"])


@given(ANY, ANY)
def test_what_is_read_does_not_depend_on_what_follows(first: str, second: str) -> None:
    """Tokens of a whole text come again where more follows, up to the last text and the end."""
    if failure(first) is None and not first.endswith(("{", " ", "\n", "\t", "-")):
        whole = [token for token in tokens(first) if token.kind is not Kind.EOF]
        assert read(first + "{{1}}" + second)[0][: len(whole)] == whole


@given(st.characters())
def test_words_are_made_of_letters_digits_and_underscores(character: str) -> None:
    assert is_word(character) == (character == "_" or character.isalpha() or character.isdecimal())
    assert not (is_word(character) and character in " \t\r\n.,|:(){}\"'`$+-")


@pytest.mark.parametrize("depth", [1, 10, 1_000, 20_000])
def test_long_texts_are_read_to_their_end(depth: int) -> None:
    assert len(kinds("{{" + "(" * depth + "1" + ")" * depth + "}}")) == 2 * depth + 4
    assert kinds("{{1}}" * depth).count("NUMBER") == depth
    assert failure("{{" + "(" * depth) == ("unclosed action", depth + 2)
