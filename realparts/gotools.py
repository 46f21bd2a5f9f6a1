"""Released Go commands for tests: built by `make extras` where a Go toolchain is; extra parts, never the only proof."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from realparts import paths, terminal
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Iterator

# name -> (package, released version); the quick ones first
COMMANDS = {
    "actionlint": ("github.com/rhysd/actionlint/cmd/actionlint", "v1.7.12"),
    "registry": ("github.com/distribution/distribution/v3/cmd/registry", "v3.1.1"),
    "buildkitd": ("github.com/moby/buildkit/cmd/buildkitd", "v0.32.2"),
}
_BUILD_SECONDS = 1200
# The environment as this program was started: tests change HOME, and Go keeps its own caches there.
_ENVIRONMENT = dict(os.environ)


def build_all() -> None:
    """Build what is missing, one run at a time; PartError that names what cannot be had."""
    with _lock(fcntl.LOCK_EX):
        missing = [name for name in COMMANDS if not program(name).is_file()]
        if not missing:
            return
        terminal.heading("Build extra parts with the Go toolchain (once; minutes)")
        problems = [problem for name in missing if (problem := _timed(name))]
    if problems:
        raise PartError("\n".join(problems), "install Go, make its module proxy reachable, then: make extras")


def wait() -> None:
    """Return when no other run builds any more: `.ci/run` builds while the tests that need nothing built go on."""
    with _lock(fcntl.LOCK_SH):
        pass


def program(name: str) -> Path:
    """Where the program is, or will be."""
    return paths.CACHE / "go" / f"{name}-{COMMANDS[name][1]}" / name


@contextlib.contextmanager
def _lock(kind: int) -> Iterator[None]:
    paths.CACHE.mkdir(parents=True, exist_ok=True)
    with (paths.CACHE / "go.lock").open("w") as file:
        fcntl.flock(file, kind)
        yield


def _timed(name: str) -> str:
    began = time.monotonic()
    problem = _build(name)
    terminal.note(problem or f"{name} {COMMANDS[name][1]} in {time.monotonic() - began:.0f} s")
    return problem


def _build(name: str) -> str:
    """Build one program; why that is not possible, or an empty text."""
    package, version = COMMANDS[name]
    go = shutil.which("go", path=_ENVIRONMENT.get("PATH"))
    if go is None:
        return f"{name} {version} needs a Go toolchain, and there is none"
    with tempfile.TemporaryDirectory(dir=paths.CACHE) as fresh:
        # In a module of our own, not by `go install`: that refuses modules with exclude directives, as buildkit's.
        for step in (
            ["mod", "init", "tools"],
            ["get", f"{package}@{version}"],
            ["build", "-ldflags", "-s -w", "-o", name, package],
        ):
            if not _run(["nice", go, *step], fresh):
                return f"{name} {version} cannot be built: go {' '.join(step)} fails"
        program(name).parent.mkdir(parents=True, exist_ok=True)
        (Path(fresh) / name).replace(program(name))  # moved into place whole: tests may look at the same time
    return ""


def _run(argv: list[str], folder: str) -> bool:
    try:
        done = subprocess.run(
            argv, cwd=folder, env=_ENVIRONMENT, capture_output=True, timeout=_BUILD_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
