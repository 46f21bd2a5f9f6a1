"""Released Go commands, installed once by a Go toolchain where there is one; extra parts, never the only proof."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.guard import REAL_ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Sequence

# name -> (package, released version)
COMMANDS = {
    "actionlint": ("github.com/rhysd/actionlint/cmd/actionlint", "v1.7.12"),
    "buildkitd": ("github.com/moby/buildkit/cmd/buildkitd", "v0.32.2"),
    "registry": ("github.com/distribution/distribution/v3/cmd/registry", "v3.1.1"),
    "zot": ("zotregistry.dev/zot/v2/cmd/zot", "v2.1.20"),
}
_BUILD_SECONDS = 900


def go_tool(name: str) -> Path:
    """The program; the test is skipped where no Go toolchain or module proxy can provide it."""
    found = _install(name)
    if isinstance(found, str):
        pytest.skip(found)
    return found


@functools.cache
def _install(name: str) -> Path | str:
    """Where the program is, or why it is not there."""
    package, version = COMMANDS[name]
    folder = _cache() / f"{name}-{version}"
    program = folder / name
    if program.is_file():
        return program
    go = shutil.which("go", path=REAL_ENVIRONMENT.get("PATH"))
    if go is None:
        return f"{name} {version} needs a Go toolchain, and there is none"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
        # In a module of our own, not by `go install`: that refuses a module with exclude directives, as buildkit's.
        steps = (
            ["mod", "init", "tools"],
            ["get", f"{package}@{version}"],
            ["build", "-o", name, package],
        )
        for step in steps:
            if not _go(go, step, fresh):
                return f"{name} {version} cannot be built: go {' '.join(step)} fails"
        # moved into place whole: two test runs may build at the same time
        folder.mkdir(parents=True, exist_ok=True)
        (Path(fresh) / name).replace(program)
    return program


def _go(go: str, arguments: Sequence[str], folder: str) -> bool:
    done = subprocess.run(
        ["nice", go, *arguments],
        cwd=folder,
        env=REAL_ENVIRONMENT,
        capture_output=True,
        timeout=_BUILD_SECONDS,
        check=False,
    )
    return done.returncode == 0


def _cache() -> Path:
    base = REAL_ENVIRONMENT.get("XDG_CACHE_HOME") or str(Path(REAL_ENVIRONMENT.get("HOME", "/tmp")) / ".cache")
    return Path(base) / "buildtool-go"
