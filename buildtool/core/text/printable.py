r"""Text from outside (a build, a registry, git, a file) -> text that is safe to print at one place.

One function for each place: a line, several lines, a terminal, JSON, a workflow command, Markdown, Mermaid. What cannot
be printed is written as its escape (`\x1b`, `\u202e`), so that nothing is hidden and nothing is executed: no control
sequence by a terminal, no command by a CI runner, no markup.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNPRINTABLE_IN_JSON = re.compile(r"[^\x20-\x7e\n\t]")
# A runner trims blanks before `::name::`; it and its ancestors find `##[name]` and `##vso[name]` anywhere in a line.
_COMMAND = re.compile(r"^([ \t]*)::", re.MULTILINE)
_OLD_COMMAND = re.compile(r"##(?=\w*\[)")
_SHOWN_AS_TEXT = "| "
_MARKUP = re.compile(r"[\\`*_\[\]{}|~!#$@]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]")
_NOT_IN_MERMAID = re.compile(r"[^A-Za-z0-9_. /-]+")
_MERMAID_WORD = re.compile(r"(title|section|accTitle|accDescr|end)(?![\w.-])", re.IGNORECASE)


def one_line(text: str) -> str:
    """Text inside a line: every character that is not printable becomes its escape, line breaks and tabs too."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def many_lines(text: str) -> str:
    """Text of several lines: line feeds and tabs stay, everything else is as in `one_line`."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)


def same_width(text: str) -> str:
    """One line above a caret: each character that is not printable becomes one that is; tabs stay."""
    return "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def terminal(text: str) -> str:
    """Lines for a terminal or a CI log: printable, and no line is a command to a CI runner.

    A line that a runner would execute begins with `| `; `##[` is broken by a backslash.
    """
    text = many_lines(text)
    if "::" in text:
        text = _COMMAND.sub(rf"\g<1>{_SHOWN_AS_TEXT}::", text)
    return _OLD_COMMAND.sub("##\\\\", text) if "##" in text else text


def json_text(value: Any, *, indent: int | None = None) -> str:
    """The value as JSON text in which no terminal and no CI runner finds a command."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    if not text.isascii() or "\x7f" in text:
        text = _UNPRINTABLE_IN_JSON.sub(lambda found: _escaped_in_json(found[0]), text)
    return _OLD_COMMAND.sub("#\\\\u0023", text) if "##" in text else text


def _escaped_in_json(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1].replace("\x7f", "\\u007f")


def workflow_command(name: str, properties: Mapping[str, object], message: str) -> str:
    """One workflow command for a GitHub runner, on one line; properties that are empty or 0 are left out."""
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value)
    return f"::{name}{' ' if listed else ''}{listed}::{_data(message)}"


def _data(value: str) -> str:
    return one_line(value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def markdown(text: object) -> str:
    """Text in a Markdown line or table cell: blanks and line breaks become one space, and nothing is markup."""
    plain = one_line(" ".join(str(text).split()))
    return re.sub(r"[&<>]", lambda found: _ENTITIES[found[0]], _MARKUP.sub(r"\\\g<0>", plain))


def markdown_code(text: object) -> str:
    """The same between backticks, where the text can stand there; an empty text stays empty."""
    plain = one_line(" ".join(str(text).split()))
    return f"`{plain}`" if plain and not re.search(r"[`|\\]", plain) else markdown(plain)


def mermaid(text: object) -> str:
    """Text in a Mermaid timeline: every character that has a meaning in Mermaid becomes a space."""
    plain = _NOT_IN_MERMAID.sub(" ", str(text)).strip() or "-"
    return _MERMAID_WORD.sub(r"\g<1>.", plain, count=1) if _MERMAID_WORD.match(plain) else plain


def github_output(name: str, value: str, delimiter: str) -> str:
    """A step output in the runner's heredoc form. `delimiter` is random, and may not stand in the value."""
    if delimiter in value:
        raise ValueError("the delimiter stands in the value")
    return f"{output_name(name)}<<{delimiter}\n{value}\n{delimiter}\n"


def output_name(name: str) -> str:
    """A name that a step output may have."""
    return _NOT_IN_A_NAME.sub("-", name)
