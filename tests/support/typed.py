"""The command lines of a document, typed as a person would who has only the document."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
ADDRESS = "https://github.com/ThePixelExpert/Professional-Website"


def consoles(page: str) -> list[str]:
    """The blocks of a page that show a terminal."""
    return re.findall(r"^```console\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[str]:
    """The lines typed in them."""
    return [line.removeprefix("$ ") for block in consoles(page) for line in block.splitlines() if line[:2] == "$ "]


def typed(
    line: str, folder: Path, *, ours: bool, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it in a folder, with this checkout's last commit in the place of the project's address.

    `ours` makes `buildtool` the one of this checkout; else it is what the person has installed, in ~/.local/bin.
    """
    instead = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{ROOT}.insteadOf",
        "GIT_CONFIG_VALUE_0": ADDRESS,
        "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"),
    }
    beside = str(Path(sys.executable).parent)
    places = [beside] if ours else [f"{os.environ['HOME']}/.local/bin", beside]
    environment = {name: value for name, value in os.environ.items() if ours or name != "PYTHONPATH"}
    path = os.pathsep.join([*places, environment.get("PATH", "")])
    return subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env={**environment, **instead, "PATH": path, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
