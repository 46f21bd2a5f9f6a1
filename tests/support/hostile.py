"""Text that wants to be more than text: control sequences, workflow commands and markup, and who would obey them."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.buildtool import Ran

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SEQUENCES = (
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "\x1b]8;;http://x.invalid\x1b\\link",
    "\x1bPdcs\x1b\\",
    "\x9b2J",
    "\x9d0;t\x9c",
    "\x08\x08\x7f",
    "\u202eover\u2066ride\u200b\u2028",
    "\r::error::planted",
)
COMMANDS = (
    "::set-output name=planted::x",
    "::add-mask::planted",
    " \t::stop-commands::planted",
    "\r::error::planted",
    "\u00a0::notice::planted",
    "##[group]planted",
    "x ##vso[task.setvariable variable=planted]x",
    "::debug::planted",
    "::group::planted",
    "::endgroup::planted",
)
MARKUP = "`|</td><img src=x onerror=1>[a](http://x.invalid)![b](c)\n```\n## planted\n```mermaid\n: planted;"
# What stands in one line of a file, and in a text of many.
LINE = " ".join(SEQUENCES[:-1])
TEXT = "\n".join(["", *SEQUENCES, *COMMANDS, MARKUP, ""])

_OWN_COLORS = re.compile(r"\x1b\[[0-9;]{1,5}m")
_OWN_CURSOR = re.compile(r"\r\x1b\[2K|\x1b\[[0-9]+A\r\x1b\[J|\r?\x1b\[1A\x1b\[2K|\x1b\[\?25[lh]")
_OWN_COMMANDS = re.compile(
    r"::(?:error|warning|notice) (?:file|line|col|endLine|endColumn|title)=[^:]*::.*"
    r"|::group::(?:Preflight|Build|Prove|Publish|Load)\b.*|::endgroup::"
)
_A_COMMAND = re.compile(r"\s*::[^:]*::|.*##\w*\[")


def obeyed(text: str, *, colors: bool = False, cursor: bool = False) -> list[str]:
    """Lines that a terminal or a runner would not just show; `colors` and `cursor` are buildtool's own, not counted."""
    if colors:
        text = _OWN_COLORS.sub("", text)
    if cursor:
        text = _OWN_CURSOR.sub("", text).replace("\r\n", "\n")
    return [line for line in text.split("\n") if not line.replace("\t", "").isprintable() or _is_command(line)]


def _is_command(line: str) -> bool:
    return _A_COMMAND.match(line) is not None and _OWN_COMMANDS.fullmatch(line) is None


def on_a_terminal(arguments: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Ran:
    """Run buildtool with a pseudo terminal for stdout and stderr; what it wrote there is in `stdout`."""
    leader, follower = pty.openpty()
    argv = [sys.executable, "-m", "buildtool", *arguments]
    child = subprocess.Popen(
        argv, cwd=cwd, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=follower, stderr=follower
    )
    os.close(follower)
    seen = b""
    with os.fdopen(leader, "rb", buffering=0) as terminal, contextlib.suppress(OSError):  # its way to say the end
        while part := terminal.read(1 << 16):
            seen += part
    return Ran(child.wait(), seen.decode("utf-8", "surrogateescape"), "")


def outputs(text: str) -> dict[str, str]:
    """A file of GITHUB_OUTPUT as a runner reads it: NAME=VALUE, or NAME<<DELIMITER up to the delimiter."""
    found: dict[str, str] = {}
    lines = text.splitlines()
    while lines:
        line = lines.pop(0)
        name, heredoc, delimiter = line.partition("<<")
        if heredoc and "=" not in name:
            end = lines.index(delimiter)
            found[name] = "\n".join(lines[:end])
            lines = lines[end + 1 :]
        elif line:
            key, _, value = line.partition("=")
            found[key] = value
    return found
