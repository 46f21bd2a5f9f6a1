"""Real repositories for tests: made with the git program, in folders of the test's own."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *arguments: str, **variables: str) -> str:
    """Run git there and return what it printed, without the last line end."""
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.removesuffix("\n")


def commit(folder: Path, message: str = "change", **files: str) -> str:
    """Write the files, commit all there is, and return the full commit."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def repository(folder: Path, branch: str = "main") -> Path:
    """A new repository with one commit on that branch."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=start")
    git(folder, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
    commit(folder, "first", file="1\n")
    return folder
