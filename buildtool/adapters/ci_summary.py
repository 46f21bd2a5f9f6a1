"""What a GitHub Actions runner shows of a step: its summary, and outputs for later steps.

The runner names two files in the environment, to be appended to; elsewhere nothing is written.
Format: docs.github.com, "Workflow commands", multiline strings.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.core.text.printable import github_output
from buildtool.errors import CI_FILE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping


def require_writable(environment: Mapping[str, str]) -> None:
    """Open both files for appending and write nothing; raises ci-file before a build rather than after it."""
    append(environment, "", {})


def append(environment: Mapping[str, str], summary: str, outputs: Mapping[str, str]) -> None:
    """Append to the files GITHUB_STEP_SUMMARY and GITHUB_OUTPUT name, where they do; raises ci-file."""
    _append(environment.get("GITHUB_STEP_SUMMARY"), summary)
    delimiter = f"end-{secrets.token_hex(16)}"  # random: no value can end itself and set another output
    written = "".join(github_output(name, value, delimiter) for name, value in outputs.items())
    _append(environment.get("GITHUB_OUTPUT"), written)


def _append(path: str | None, text: str) -> None:
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        raise BuildtoolError(CI_FILE, f"cannot append to the runner's file: {error}", place=path) from error
