"""Nodes: the shape that Go's parser gives a template, its scopes, and its bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.gotemplate import nodes
from buildtool.core.flux.gotemplate.functions import names
from buildtool.core.flux.gotemplate.lexer import SyntaxFailure
from buildtool.core.flux.gotemplate.parser import TooDeepError, parse
from tests.core.flux.gotemplate.test_lexer import ANY


def shape(node: object) -> object:  # noqa: C901, PLR0911 -- a case for each kind of node
    """A node as nested words: `if(Field)[Text]`, without its places."""
    match node:
        case nodes.Text():
            return "blank" if node.blank else "text"
        case nodes.Action():
            return shape(node.pipeline)
        case nodes.Pipeline():
            commands = " | ".join(" ".join(str(shape(one)) for one in command.arguments) for command in node.commands)
            sign = "=" if node.assigns else ":="
            return f"{','.join(node.declares)} {sign} {commands}" if node.declares else f"({commands})"
        case nodes.Control():
            body, other = "".join(map(str, map(shape, node.body))), "".join(map(str, map(shape, node.otherwise)))
            return f"{node.word}{shape(node.pipeline)}[{body}][{other}]"
        case nodes.Template():
            return f"<{node.name}{shape(node.pipeline) if node.pipeline else ''}>"
        case nodes.Jump():
            return node.word
        case nodes.Field() | nodes.Variable():
            return ".".join(node.names)
        case nodes.Chain():
            return f"{shape(node.node)}.{'.'.join(node.names)}"
        case nodes.Identifier():
            return node.name
        case nodes.String():
            return repr(node.value)
        case nodes.Number():
            return node.text
        case _:
            return type(node).__name__.lower()


def shapes(text: str) -> str:
    return "".join(str(shape(node)) for node in parse(text, names()).body)


def refusal(text: str) -> str:
    """What Go says; "" where it parses the text."""
    try:
        parse(text, names())
    except SyntaxFailure as failure:
        return failure.message
    return ""


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", ""),
        ("a", "text"),
        (" \n", "blank"),
        ("{{.}}", "(dot)"),
        ("{{.A.B.C}}", "(A.B.C)"),
        ("{{$}}", "($)"),
        ("{{$.A}}", "($.A)"),
        ("{{upper .A}}", "(upper A)"),
        ("{{.A | upper | quote}}", "(A | upper | quote)"),
        ("{{(upper .A).B}}", "((upper A).B)"),
        ("{{printf `%s` (len .A) nil true 1}}", "(printf '%s' (len A) nil bool 1)"),
        ("{{$x := .A}}{{$x.B}}", "$x := A($x.B)"),
        ("{{$x := 1}}{{$x = 2}}", "$x := 1$x = 2"),
        ("{{if .A}}a{{end}}", "if(A)[text][]"),
        ("{{if .A}}a{{else}}{{.}}{{end}}", "if(A)[text][(dot)]"),
        ("{{if .A}}{{else if .B}}b{{else}}c{{end}}", "if(A)[][if(B)[text][text]]"),
        ("{{with .A}}{{else with .B}}b{{end}}", "with(A)[][with(B)[text][]]"),
        ("{{range .A}}{{break}}{{continue}}{{end}}", "range(A)[breakcontinue][]"),
        ("{{range $i, $x := .A}}{{$x}}{{end}}", "range$i,$x := A[($x)][]"),
        ("{{range .A}}{{else}}none{{end}}", "range(A)[][text]"),
        ('{{template "t"}}', "<t>"),
        ('{{template "t" .A}}', "<t(A)>"),
        ('{{block "t" .A}}x{{end}}', "<t(A)>"),
        ("{{/* c */}}", ""),
        ("{{1|len}}", "(1 | len)"),
    ],
)
def test_the_tree(text: str, tree: str) -> None:
    assert shapes(text) == tree


def test_definitions_stand_apart() -> None:
    parsed = parse('{{define "a"}}x{{end}}y{{define "b"}} {{end}}{{block "c" .}}z{{end}}', names())
    assert list(parsed.defined) == ["a", "b", "c"]
    assert [[shape(node) for node in body] for body in parsed.defined.values()] == [["text"], ["blank"], ["text"]]
    assert [shape(node) for node in parsed.body] == ["text", "<c(dot)>"]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [("x", " ", "text"), (" ", "x", "text"), ("", "x", "text"), ("x", "", "text")],
)
def test_of_two_definitions_an_empty_one_gives_way(first: str, second: str, kept: str) -> None:
    parsed = parse(f'{{{{define "a"}}}}{first}{{{{end}}}}{{{{define "a"}}}}{second}{{{{end}}}}', names())
    assert [shape(node) for node in parsed.defined["a"]] == [kept]


def test_variables_that_are_set_anew_are_listed() -> None:
    assert parse("{{$x := 1}}{{if .A}}{{$x = 2}}{{end}}{{$y := 3}}", names()).assigned == {"$x"}


@pytest.mark.parametrize(
    "text",
    [
        "{{if $x := .A}}{{end}}{{$x}}",
        "{{range $x := .A}}{{end}}{{$x}}",
        "{{with $x := .A}}{{end}}{{$x}}",
        '{{$x := 1}}{{define "a"}}{{$x}}{{end}}',
        "{{$x = 1}}{{$y}}",
    ],
)
def test_a_variable_is_gone_behind_its_block(text: str) -> None:
    assert refusal(text).startswith("undefined variable")


@pytest.mark.parametrize(
    "text",
    [
        "{{$x := 1}}{{if .A}}{{$x}}{{end}}",
        "{{if $x := .A}}{{$x}}{{else}}{{$x}}{{end}}",
        "{{range $i, $x := .A}}{{$i}}{{else}}{{$x}}{{end}}",
        '{{define "a"}}{{$x := .}}{{$x}}{{end}}',
        '{{define "a"}}{{$}}{{end}}',
    ],
)
def test_a_variable_is_there_in_its_block(text: str) -> None:
    assert refusal(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "{{break}}",
        "{{if .A}}{{continue}}{{end}}",
        '{{range .A}}{{block "b" .}}{{break}}{{end}}{{end}}',
        "{{range .A}}{{else}}{{break}}{{end}}",
        "{{range .A}}{{end}}{{break}}",
    ],
)
def test_a_jump_stands_inside_a_range_of_its_own_template(text: str) -> None:
    assert refusal(text).endswith("outside {{range}}")


@pytest.mark.parametrize(
    ("word", "most"), [("{{if .A}}", 60), ("{{with .A}}", 60), ("{{range .A}}", 60), ('{{block "b" .A}}', 60)]
)
def test_blocks_are_looked_at_to_a_depth(word: str, most: int) -> None:
    assert refusal(word * 20 + "{{end}}" * 20) in {"", 'template: multiple definition of template "b"'}
    with pytest.raises(TooDeepError):
        parse(word * (most + 1), names())


def test_parentheses_are_looked_at_to_a_depth() -> None:
    assert refusal("{{" + "(" * 50 + "1" + ")" * 50 + "}}") == ""
    with pytest.raises(TooDeepError):
        parse("{{" + "(" * 100 + "1" + ")" * 100 + "}}", names())
    with pytest.raises(TooDeepError):
        parse("{{if 1}}" + "{{else if 1}}" * 100 + "{{end}}", names())


def test_many_blocks_beside_each_other_are_no_depth() -> None:
    assert shapes("{{if .A}}{{end}}" * 500) == "if(A)[][]" * 500


@given(ANY)
def test_any_text_is_parsed_or_refused_with_a_place(text: str) -> None:
    places, words = [], ""
    try:
        places = [node.position for node in parse(text, names()).body]
    except SyntaxFailure as failure:
        places, words = [failure.position], failure.message
    except TooDeepError:
        words = "too deep"
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)
    assert words != "too deep" or text.count("(") + text.count("{{") > 20


@given(ANY, ANY)
def test_two_templates_that_are_parsed_are_parsed_as_one(first: str, second: str) -> None:
    """Text in between keeps them apart; a variable of the first may be used by the second."""
    if refusal(first) == refusal(second) == "" and "define" not in first + second:
        assert refusal(f"{first}.{second}") == ""
        assert refusal("{{if .A}}" + f"{first}.{second}" + "{{end}}") == ""


@given(st.sampled_from(sorted(names())), st.integers(0, 4))
def test_every_function_may_be_named_and_no_other_word(name: str, count: int) -> None:
    assert refusal("{{" + name + " .A" * count + "}}") == ""
    assert refusal("{{" + f"{name}X" + "}}") == f'function "{name}X" not defined'
