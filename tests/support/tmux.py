"""A terminal of any size that shows what a person would see: tmux."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from tests.support.tools import tool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_POLL_SECONDS = 0.1


class Tmux:
    """`buildtool ARGUMENTS` in a terminal of `width` times `height` cells. ^C ends it, and not the terminal.

    With `instead` it is another program, for example a shell.
    """

    def __init__(self, width: int, height: int, cwd: Path, *arguments: str, instead: Sequence[str] = ()) -> None:
        self._folder = TemporaryDirectory(prefix="tmux-")  # a socket's path must be short
        program = tool("tmux", install="apt-get install tmux")
        self._server = [program, "-S", f"{self._folder.name}/socket", "-f", os.devnull]
        self.width = width
        command = shlex.join([sys.executable, "-m", "buildtool", *arguments])
        shell = f'trap : INT; {command}; echo "ended with $?"; exec sleep 600'
        size = ["-x", str(width), "-y", str(height)]
        self._run(
            "new-session", "-d", *size, "-c", str(cwd), "env", "TERM=screen-256color", *(instead or ("sh", "-c", shell))
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run([*self._server, "kill-server"], capture_output=True, check=False)
        self._folder.cleanup()

    def screen(self) -> list[str]:
        """The lines that are to be seen, without those that are empty."""
        return [line for line in self._run("capture-pane", "-p").splitlines() if line.strip()]

    def everything(self) -> list[str]:
        """The same with what has left the screen, and lines that the terminal broke made whole."""
        return [line.rstrip() for line in self._run("capture-pane", "-p", "-J", "-S", "-").splitlines() if line.strip()]

    def colored(self) -> list[str]:
        """Everything, line by line as the terminal broke it, with its colors."""
        lines = self._run("capture-pane", "-p", "-e", "-S", "-").splitlines()
        while lines and not lines[-1].strip():
            lines.pop()
        return lines

    def shows_cursor(self) -> bool:
        return self._run("display-message", "-p", "#{cursor_flag}").strip() == "1"

    def press(self, key: str) -> None:
        self._run("send-keys", "--", key)

    def wait_for(self, condition: Callable[[list[str]], bool], seconds: float = 120) -> list[str]:
        """The screen as soon as the condition holds for it."""
        until = time.monotonic() + seconds
        while not condition(lines := self.screen()):
            assert time.monotonic() < until, "\n".join(lines)
            time.sleep(_POLL_SECONDS)
        return lines

    def end(self) -> list[str]:
        """Everything, once the command has ended."""
        self.wait_for(lambda lines: any(line.startswith("ended with ") for line in lines))
        return self.everything()

    def _run(self, *arguments: str) -> str:
        return subprocess.run([*self._server, *arguments], capture_output=True, text=True, check=True).stdout
