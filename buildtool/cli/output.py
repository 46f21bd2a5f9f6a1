"""The only module that writes: results to stdout, everything else to stderr.

What a person reads is cleaned of secrets and passes `core.text.printable`, whoever wrote it; colors are the only
sequences that reach a terminal. Documents and diffs are for programs: their bytes are what they are, but for the fields
that hold messages.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import click

from buildtool.core.text.printable import json_text, many_lines, terminal, workflow_command
from buildtool.errors import OUTPUT_UNWRITABLE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from buildtool.cli.live_region import LiveRegion
    from buildtool.core.text.secrets import Secrets

_USUAL_WIDTH = 80
_CLEAR_LINE = "\r\x1b[2K"


class Styled(NamedTuple):
    """A piece of a line in a color of its own."""

    text: str
    fg: str | None = None
    bold: bool = False
    dim: bool = False


Text = str | Styled | list[str | Styled]
"""Text for people: pieces, written one after the other."""


class Output:
    """Writes for one run. `color` is True, False, or None to decide by the stream.

    `reader_gone` is True once the reader of stdout went away (`buildtool … | head`): from then on nothing is written
    there, and the run goes on to its own exit code.
    """

    def __init__(self, secrets: Secrets, *, color: bool | None = None, verbose: int = 0) -> None:
        self.secrets = secrets
        self.color = color
        self.verbose = verbose
        self.reader_gone = False
        self._passing = False
        self._region: LiveRegion | None = None
        self._in_group = False
        self._block: list[str] = []  # what `live` wrote last
        self._above = 0  # lines of it that stand right above the cursor
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # whatever a name holds, and whatever the terminal can show
                stream.reconfigure(errors="backslashreplace")

    def use_color(self, color: bool | None) -> None:
        """What --color says; without a word of it, NO_COLOR counts (no-color.org)."""
        self.color = False if color is None and os.environ.get("NO_COLOR") else color

    def be_verbose(self, level: int) -> None:
        self.verbose = level

    def data(self, text: Text) -> None:
        """A result for a person, to stdout."""
        self._write(self._shown(text), err=False)

    def document(self, value: Any, *, indent: int | None = 2, messages: Collection[str] = ()) -> None:
        """A result as one JSON document, to stdout; without `indent` on one line.

        The texts below the keys `messages` are cleaned of secrets, nothing else.
        """
        self.payload(json_text(self.secrets.clean_fields(value, messages), indent=indent) + "\n")

    def payload(self, text: str) -> None:
        """A document or a diff for a program, to stdout: UTF-8, byte for byte, with the line feed it ends with.

        On a terminal, where only a person reads it, what cannot be printed is shown as an escape; on a pipe of a CI
        runner, which may be its log, no line of it is a command either. A file always gets the bytes.
        """
        shown = many_lines(text) if sys.stdout.isatty() else terminal(text) if _runner_may_read(sys.stdout) else text
        self._write(shown.encode("utf-8", "surrogateescape"), err=False, newline=False)

    def answers(self, values: Sequence[Any]) -> bool:
        """Answers to questions from stdin, one JSON document a line, to stdout; False when nobody reads any more."""
        self.payload("".join(json_text(value) + "\n" for value in values))
        return not self.reader_gone

    def commands(self, lines: Sequence[str]) -> None:
        """Commands to the runner, made by `printable.workflow_command`, to stdout."""
        for line in lines:
            self._write(self.secrets.clean(line), err=False)

    def annotation(self, properties: Mapping[str, object], message: str) -> None:
        """An error that GitHub shows beside the file, to stderr, which a runner reads like stdout."""
        cleaned = {name: self.secrets.clean(str(value)) for name, value in properties.items() if value}
        self._write(workflow_command("error", cleaned, self.secrets.clean(message)), err=True)

    def say(self, text: Text) -> None:
        """Progress, to stderr."""
        self._write(self._shown(text), err=True)

    def event(self, value: Any) -> None:
        """Progress for a program: one JSON document on a line, to stderr."""
        self._write(json_text(self.secrets.clean_all(value)), err=True)

    def heading(self, text: str, *, folds: bool = False) -> None:
        """A line in bold. What follows one that `folds` is a group in the log of a runner, up to the next heading."""
        self.end_region()
        if folds and not sys.stderr.isatty() and _runner_may_read(sys.stderr):
            self._write(workflow_command("group", {}, self.secrets.clean(text)), err=True)
            self._in_group = True
        else:
            self.say(Styled(text, bold=True))

    def detail(self, text: str) -> None:
        """Said with --verbose only."""
        if self.verbose:
            self.say(Styled(text, dim=True))

    def passing(self, text: str) -> None:
        """What goes on right now: on a terminal a line that the next one replaces, elsewhere nothing."""
        if not sys.stderr.isatty():
            return
        self._write(self._shown(text)[: self.width - 1], err=True, newline=False)
        self._passing = True

    @property
    def width(self) -> int:
        """Columns of the terminal that progress goes to; 80 where it is none."""
        return _columns(sys.stderr) or _USUAL_WIDTH

    def live(self, lines: Sequence[str]) -> None:
        """What goes on, one line for each thing: on a terminal these replace those of the last call.

        Elsewhere a line is written when it says something new.
        """
        before, self._block = self._block, list(lines)
        if not sys.stderr.isatty():
            for line in lines:
                if line not in before:
                    self.say(line)
            return
        up = f"\x1b[{self._above}A\r\x1b[J" if self._above else ""
        shown = [self._shown(line)[: self.width - 1] for line in lines]
        self._write(up + "\n".join(shown), err=True, color=True)
        self._above = len(shown)

    def begin_region(self, lines: Callable[[int], Sequence[str]]) -> None:
        """Show these lines at the bottom of the terminal, again and again, until `end_region`; elsewhere nothing.

        `lines` is given the number of columns, and called from another thread.
        """
        self.end_region()
        if sys.stderr.isatty():
            from buildtool.cli.live_region import LiveRegion  # noqa: PLC0415 -- rich, for terminals only

            color = self.color is not False
            self._region = LiveRegion(lambda width: [self._shown(line) for line in lines(width)], color=color)
            self._region.start()  # it is known before it is there: an interruption takes it away at any moment

    def end_region(self) -> None:
        """Take away the lines at the bottom of the terminal; in the log of a runner, end the group."""
        if self._in_group:
            self._in_group = False
            self._write(workflow_command("endgroup", {}, ""), err=True)
        if self._region is not None:
            region, self._region = self._region, None
            with contextlib.suppress(OSError):  # a terminal that went away
                region.stop()

    def warn(self, text: str) -> None:
        self.say([Styled("warning: ", "yellow", bold=True), text])

    def error(self, error: BuildtoolError) -> None:
        """What happened, why, and what to type next."""
        self.end_region()
        place = f"{error.place}: " if error.place else ""
        self.say([Styled("error: ", "red", bold=True), place + error.message])
        self.say([Styled("  why: ", bold=True), error.kind.meaning])
        self.say([Styled("  fix: ", bold=True), error.fix])
        self.say(
            Styled(f"  more: buildtool explain {error.kind.code} (exit code {error.kind.exit.value})", dim=True),
        )

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], *, err: bool = False) -> None:
        """Columns as wide as their widest cell; on a narrower terminal the cells of each row one below the other."""
        lines = [list(head), *[list(row) for row in rows]]
        widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
        columns = _columns(sys.stderr if err else sys.stdout)
        if columns is not None and sum(widths) + 2 * (len(widths) - 1) > columns:
            self._stacked(head, rows, err=err)
            return
        for number, line in enumerate(lines):
            cells = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            self._write(self._shown(Styled(cells, bold=True) if number == 0 else cells), err=err)

    def _stacked(self, head: Sequence[str], rows: Sequence[Sequence[str]], *, err: bool) -> None:
        names = max(map(len, head[1:]), default=0)
        for first, *cells in rows:
            self._write(self._shown(Styled(first, bold=True)), err=err)
            for name, cell in zip(head[1:], cells, strict=True):
                self._write(self._shown(f"  {name.lower():<{names}}  {cell}"), err=err)

    def give_up(self) -> None:
        """No result any more: Python's own last flush would fail again, with a traceback of its own."""
        _to_nowhere(sys.stdout)

    def _shown(self, text: Text) -> str:
        """Clean, printable, and in its colors."""
        pieces = text if isinstance(text, list) else [text]
        return "".join(self._piece(one if isinstance(one, Styled) else Styled(one)) for one in pieces)

    def _piece(self, piece: Styled) -> str:
        text = terminal(self.secrets.clean(piece.text))
        plain = piece.fg is None and not piece.bold and not piece.dim
        return text if plain else click.style(text, fg=piece.fg, bold=piece.bold or None, dim=piece.dim or None)

    def _write(self, text: str | bytes, *, err: bool, newline: bool = True, color: bool | None = None) -> None:
        """Write text that is clean already, or bytes as they are."""
        self._above = 0
        try:
            if self._passing:
                self._passing = False
                click.echo(_CLEAR_LINE, err=True, color=True, nl=False)  # noqa: TID251 -- this is the one place
            if not err:
                self.end_region()
            if self._region is not None and isinstance(text, str):
                self._region.write(click.unstyle(text) if self.color is False else text)
                return
            click.echo(text, err=err, color=self.color if color is None else color, nl=newline)  # noqa: TID251
        except OSError as error:  # a reader that went away, a full disk behind a file
            self._lost(error, err=err)

    def _lost(self, error: OSError, *, err: bool) -> None:
        """Progress that nobody can read stops no run, nor does a reader who has read enough; a full disk does."""
        if err:
            _to_nowhere(sys.stderr)
            return
        self.give_up()
        if not isinstance(error, BrokenPipeError):
            raise BuildtoolError(OUTPUT_UNWRITABLE, f"the output cannot be written: {error.strerror}") from error
        self.reader_gone = True


def _columns(stream: TextIO) -> int | None:
    """Of a terminal; None where the stream is none, or the terminal does not know."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or None if stream.isatty() else None
    except (OSError, ValueError):
        return None


def _runner_may_read(stream: TextIO) -> bool:
    """Whether it may go to the log of a GitHub runner (Gitea's and Forgejo's name themselves so too)."""
    try:
        piped = not stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        piped = True
    return piped and os.environ.get("GITHUB_ACTIONS", "").lower() == "true"


def _to_nowhere(stream: TextIO) -> None:
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
