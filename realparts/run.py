"""Runs programs by argv: for what they print, or with their output on the terminal."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from realparts import terminal
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_LAST_LINES = 15


def ask(argv: Sequence[str], *, env: Mapping[str, str] | None = None, timeout: float = 30) -> str | None:
    """What the program printed, or None where it is missing, failed, or took longer than `timeout` seconds."""
    try:
        done = subprocess.run(
            list(argv), env=_merged(env), capture_output=True, text=True, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def quiet(argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    """What the program printed; raises PartError with the last lines of its output where it failed."""
    try:
        done = subprocess.run(list(argv), env=_merged(env), cwd=cwd, capture_output=True, text=True, check=False)
    except OSError as error:
        raise PartError(f"{argv[0]}: {error.strerror}", f"install {argv[0]}") from error
    if done.returncode != 0:
        words = "\n".join((done.stderr or done.stdout).strip().splitlines()[-_LAST_LINES:])
        raise PartError(f"{argv[0]} failed with exit code {done.returncode}:\n{words}", "mend what it says, run again")
    return done.stdout


def shown(argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> int:
    """Print the command, run it with its output on the terminal, and return its exit code."""
    terminal.command(argv)
    try:
        return subprocess.run(list(argv), env=_merged(env), cwd=cwd, check=False).returncode
    except OSError as error:
        raise PartError(f"{argv[0]}: {error.strerror}", f"install {argv[0]}") from error


def _merged(env: Mapping[str, str] | None) -> dict[str, str]:
    return {**os.environ, **(env or {})}
