"""--help teaches: groups, examples that can be typed, what comes next; and it fits a terminal."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import click
import pytest

from buildtool.cli.main import COMMANDS, GROUPS, cli
from tests.support.buildtool import buildtool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def commands() -> Iterator[tuple[str, ...]]:
    """Every command, and those below it: ("push",), ("policy",), ("policy", "explain")."""
    top = click.Context(cli, info_name="buildtool")
    for name in COMMANDS:
        yield (name,)
        command = cli.get_command(top, name)
        if isinstance(command, click.Group):
            yield from ((name, below) for below in command.commands)


def examples(text: str) -> list[str]:
    """The lines below "Example:" or "Examples:"."""
    _, found, below = text.partition("\n  Example")
    assert found, text
    return re.findall(r"^    (.*)$", below, re.MULTILINE)


def parse(words: list[str]) -> None:
    """As click would before it runs the command; raises UsageError."""
    command: click.Command = cli
    context: click.Context | None = None
    while True:
        context = command.make_context("buildtool", list(words), parent=context, obj=Silent())
        if not isinstance(command, click.Group):
            return
        words = [*context._protected_args, *context.args]
        _, below, words = command.resolve_command(context, words)
        assert below is not None
        command = below


class Silent:
    """In the place of Wiring: no option of an example is global."""

    def __getattr__(self, name: str) -> Silent:
        return self

    def __call__(self, *_: object) -> None: ...


def test_each_command_is_in_one_group() -> None:
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(COMMANDS)


def test_the_groups_and_what_to_type_next(tmp_path: Path) -> None:
    said = buildtool("--help", cwd=tmp_path).stdout
    at = [said.index(f"\n{heading}:\n") for heading in GROUPS]
    assert at == sorted(at)
    assert max(at) < said.index("\n  What to type next:\n")


@pytest.mark.parametrize("words", [*commands()], ids=" ".join)
def test_every_command_shows_lines_that_can_be_typed(tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = buildtool(*words, "--help", cwd=tmp_path)
    shown = examples(ran.stdout)
    assert shown, ran
    for line in shown:
        [typed] = re.findall(r"buildtool [^|<>)#]*[^|<>)# ]", line)
        parse(shlex.split(typed)[1:])
        assert typed.split()[1 : 1 + len(words)] == list(words)


def test_a_line_that_cannot_be_typed_is_found() -> None:
    with pytest.raises(click.UsageError):
        parse(["push", "--no-such-option"])
    with pytest.raises(click.UsageError):
        parse(["policy", "no-such-command"])


def test_what_comes_next_can_be_typed(tmp_path: Path) -> None:
    lines = buildtool("--help", cwd=tmp_path).stdout.partition("What to type next:\n")[2].splitlines()
    typed = [line.split("   ")[0] for line in map(str.strip, lines)]
    assert len(typed) >= 4
    for line in typed:
        if "COMMAND" not in line:
            parse(shlex.split(line)[1:])


@pytest.mark.parametrize("words", [(), *commands()], ids=" ".join)
def test_it_fits_a_terminal_of_80_columns(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = buildtool(*words, "--help", cwd=tmp_path, env={"COLUMNS": "80"}).stdout.splitlines()
    assert [line for line in said if len(line) > 80] == []


@pytest.mark.parametrize("words", [(), ("policy",), ("setters",)], ids=" ".join)
def test_no_line_of_a_list_is_cut_off(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Click cuts what is too long for one line."""
    said = buildtool(*words, "--help", cwd=tmp_path, env={"COLUMNS": "80"}).stdout
    assert [line for line in said.splitlines() if line.endswith("...") and not line.startswith("Usage: ")] == []
