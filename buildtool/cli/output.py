"""The only place that writes: data to stdout, everything else to stderr, nothing without cleaning it of secrets."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from buildtool.core.text.secrets import Secrets

_USUAL_WIDTH = 80
_CLEAR_LINE = "\r\x1b[2K"


class Output:
    """Writes for one run. `color` is True, False, or None to decide by the stream."""

    def __init__(self, secrets: Secrets, *, color: bool | None = None, verbose: int = 0) -> None:
        self.secrets = secrets
        self.color = color
        self.verbose = verbose
        self._passing = False
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # whatever a name holds, and whatever the terminal can show
                stream.reconfigure(errors="backslashreplace")

    def use_color(self, color: bool | None) -> None:
        """What --color says; without a word of it, NO_COLOR counts (no-color.org)."""
        self.color = False if color is None and os.environ.get("NO_COLOR") else color

    def be_verbose(self, level: int) -> None:
        self.verbose = level

    def data(self, text: str) -> None:
        """A result, to stdout."""
        self._write(text, err=False)

    def document(self, value: Any) -> None:
        """A result as one JSON document, to stdout."""
        self.data(json.dumps(value, indent=2, ensure_ascii=False))

    def write_document(self, file: Path, value: Any) -> None:
        """The same document into a file, whole or not at all."""
        text = self.secrets.clean(json.dumps(value, indent=2, ensure_ascii=False)) + "\n"
        partial = file.with_name(f".{file.name}.partial")
        try:
            partial.write_text(text, encoding="utf-8")
            partial.replace(file)
        except OSError as error:
            raise BuildtoolError(USAGE, f"cannot write {file}: {error.strerror}") from error

    def say(self, text: str) -> None:
        """Progress, to stderr."""
        self._write(text, err=True)

    def heading(self, text: str) -> None:
        self._write(click.style(text, bold=True), err=True)

    def detail(self, text: str) -> None:
        """Said with --verbose only."""
        if self.verbose:
            self._write(click.style(text, dim=True), err=True)

    def passing(self, text: str) -> None:
        """What goes on right now: on a terminal a line that the next one replaces, elsewhere nothing."""
        if not sys.stderr.isatty():
            return
        width = os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_WIDTH  # 0 where it is not told
        self._write(self.secrets.clean(text)[: width - 1], err=True, newline=False)
        self._passing = True

    def warn(self, text: str) -> None:
        self._write(click.style("warning: ", fg="yellow", bold=True) + text, err=True)

    def error(self, error: BuildtoolError) -> None:
        """What happened, why, and what to type next."""
        place = f"{error.place}: " if error.place else ""
        self._write(click.style("error: ", fg="red", bold=True) + place + error.message, err=True)
        self._write(click.style("  why: ", bold=True) + error.kind.meaning, err=True)
        self._write(click.style("  fix: ", bold=True) + error.fix, err=True)
        self._write(
            click.style(f"  more: buildtool explain {error.kind.code} (exit code {error.kind.exit.value})", dim=True),
            err=True,
        )

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], *, err: bool = False) -> None:
        """Columns as wide as their widest cell; a reader of a pipe gets the same text as a person."""
        lines = [list(head), *[list(row) for row in rows]]
        widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
        for number, line in enumerate(lines):
            cells = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            self._write(click.style(cells, bold=True) if number == 0 else cells, err=err)

    def _write(self, text: str, *, err: bool, newline: bool = True) -> None:
        try:
            if self._passing:
                self._passing = False
                click.echo(_CLEAR_LINE, err=True, color=True, nl=False)  # noqa: TID251 -- this is the one place
            click.echo(self.secrets.clean(text), err=err, color=self.color, nl=newline)  # noqa: TID251
        except BrokenPipeError:  # the reader went away: `buildtool … | head`
            sys.stderr.close()
            raise SystemExit(0) from None
