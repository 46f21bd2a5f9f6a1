"""Released Go commands, installed once by a Go toolchain where there is one; extra parts, never the only proof."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.guard import REAL_ENVIRONMENT

# name -> (package, released version)
COMMANDS = {
    "actionlint": ("github.com/rhysd/actionlint/cmd/actionlint", "v1.7.12"),
    "buildkitd": ("github.com/moby/buildkit/cmd/buildkitd", "v0.32.2"),
    "registry": ("github.com/distribution/distribution/v3/cmd/registry", "v3.1.1"),
    "zot": ("zotregistry.dev/zot/v2/cmd/zot", "v2.1.20"),
}
_INSTALL_SECONDS = 900


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
    # into a folder of its own first: two test runs may install at the same time
    fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
    done = subprocess.run(
        [go, "install", f"{package}@{version}"],
        env={**REAL_ENVIRONMENT, "GOBIN": str(fresh)},
        capture_output=True,
        text=True,
        timeout=_INSTALL_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        return f"go install {package}@{version} fails: {done.stderr.strip().splitlines()[-1:]}"
    folder.mkdir(parents=True, exist_ok=True)
    (fresh / name).replace(program)
    fresh.rmdir()
    return program


def _cache() -> Path:
    base = REAL_ENVIRONMENT.get("XDG_CACHE_HOME") or str(Path(REAL_ENVIRONMENT.get("HOME", "/tmp")) / ".cache")
    return Path(base) / "buildtool-go"
