r"""Nothing hostile leaves by any of the doors: no control character, no command of a runner, no markup."""

from __future__ import annotations

import json
import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.text import printable

CONTROLS = [
    chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
]
HOSTILE = st.text(
    st.sampled_from([*CONTROLS[:80], "\u202e", "\u2066", "\ud800", "\x9b", "\x7f", *"#:[]|`<>&\\*_!$@~ \t\n\ra%,="])
    | st.characters()
)
# What a runner looks for: after blanks at the start of a line, and anywhere in it.
STARTS = re.compile(r"^\s*::")
ANYWHERE = re.compile(r"##\w*\[")


def is_plain(text: str, also: str = "") -> bool:
    return all(character.isprintable() or character in also for character in text)


@given(HOSTILE)
def test_a_line_is_one_line_of_printable_characters(text: str) -> None:
    assert is_plain(printable.one_line(text))
    assert is_plain(printable.same_width(text), "\t")
    assert len(printable.same_width(text)) == len(text)
    assert printable.one_line(printable.one_line(text)) == printable.one_line(text)


@given(HOSTILE)
def test_a_terminal_and_a_runner_get_text(text: str) -> None:
    shown = printable.terminal(text)
    assert is_plain(shown, "\n\t")
    assert shown.count("\n") == text.count("\n")
    assert not any(STARTS.search(line) or ANYWHERE.search(line) for line in shown.split("\n"))


@pytest.mark.parametrize("kind", ["Cc", "Cf", "Cs", "Zl", "Zp"])
def test_no_control_character_passes(kind: str) -> None:
    for character in CONTROLS:
        if unicodedata.category(character) == kind:
            assert_made_printable(character)


def assert_made_printable(character: str) -> None:
    """By every function that text leaves through."""
    kept = character if character in "\n\t" else ""
    assert printable.terminal(f"a{character}b") in {f"a{kept}b", f"a{ascii(character)[1:-1]}b"}
    assert character not in printable.one_line(f"a{character}b")
    assert character not in printable.markdown(f"a{character}b")
    assert json.loads(printable.json_text([character])) == [character]
    assert is_plain(printable.json_text([character]))


@pytest.mark.parametrize(
    "text", ["plain text", "é 日本 😀", "a\tb", "a::b", "C::x", "## heading", "#[x]", "#1 [internal]"]
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert printable.terminal(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::add-mask::x", "| ::add-mask::x"),
        ("  \t::error file=a::b", "  \t| ::error file=a::b"),
        ("ok\n::stop-commands::x", "ok\n| ::stop-commands::x"),
        ("ok\r::set-env name=A::b", "ok\\r::set-env name=A::b"),
        ("##[group]x", "##\\[group]x"),
        ("a ##vso[task.setvariable]x", "a ##\\vso[task.setvariable]x"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\u202eb", "a\\u202eb"),
        ("\udcff", "\\udcff"),
    ],
)
def test_what_would_be_carried_out_is_shown(text: str, shown: str) -> None:
    assert printable.terminal(text) == shown


JSON = st.recursive(HOSTILE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE, inner, max_size=3))


@given(JSON, st.sampled_from([None, 2]))
def test_json_means_the_same_and_carries_nothing_out(value: object, indent: int | None) -> None:
    text = printable.json_text(value, indent=indent)
    assert json.loads(text) == json.loads(json.dumps(value))
    assert is_plain(text, "\n")
    assert not any(STARTS.search(line) or ANYWHERE.search(line) for line in text.split("\n"))


@given(HOSTILE, HOSTILE)
def test_a_workflow_command_is_one_line_and_one_command(path: str, message: str) -> None:
    line = printable.workflow_command("error", {"file": path, "line": 0}, message)
    assert is_plain(line)
    head, _, body = line.removeprefix("::error ").partition("::")
    assert "," not in head
    assert body.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%").count("\n") == message.count("\n")


@given(HOSTILE)
def test_markdown_is_text_in_one_cell(text: str) -> None:
    cell, code = printable.markdown(text), printable.markdown_code(text)
    assert is_plain(cell + code)
    assert not re.search(r"(?<!\\)(?:\\\\)*[|`*_\[\]!~]", cell)
    assert "<" not in cell
    assert re.fullmatch(r"`[^`|\\]+`", code) or code == cell


@given(HOSTILE)
def test_mermaid_has_no_sign_of_its_own(text: str) -> None:
    shown = printable.mermaid(text)
    assert re.fullmatch(r"[A-Za-z0-9_. /-]+", shown)
    assert not re.match(r"(title|section|end)( |$)", shown, re.IGNORECASE)


@given(HOSTILE, HOSTILE)
def test_an_output_sets_itself_and_no_other(name: str, value: str) -> None:
    text = printable.github_output(name, value, "end-0f")
    head, _, rest = text.partition("\n")
    assert re.fullmatch(r"[A-Za-z0-9_-]*<<end-0f", head)
    assert rest == f"{value}\nend-0f\n"


def test_an_output_never_holds_its_delimiter() -> None:
    with pytest.raises(ValueError, match="delimiter"):
        printable.github_output("a", "x\nend-0f\n", "end-0f")
