"""Writes steps, commands, notes and errors to the terminal; and PartError, the one exception of this package."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class PartError(Exception):
    """A part cannot be had: what happened, and what to type."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


def heading(text: str) -> None:
    """Begin a step."""
    print(f"\n{_style('1;36', '==> ' + text)}", flush=True)


def command(argv: Sequence[str]) -> None:
    """The command about to run, ready to be typed again."""
    print(_style("2", "  $ " + shlex.join(argv)), flush=True)


def note(text: str) -> None:
    print(f"  {text}", flush=True)


def error(problem: PartError) -> None:
    print(f"{_style('1;31', 'error:')} {problem.message}\n  fix: {problem.fix}", file=sys.stderr, flush=True)


def _style(code: str, text: str) -> str:
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return text
    return f"\033[{code}m{text}\033[0m"
