"""Released Go commands for tests, built once where a Go toolchain is; extra parts, never the only proof."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from realparts import paths, say

if TYPE_CHECKING:
    from collections.abc import Mapping

# name -> (package, released version); the quick ones first
COMMANDS = {
    "actionlint": ("github.com/rhysd/actionlint/cmd/actionlint", "v1.7.12"),
    "registry": ("github.com/distribution/distribution/v3/cmd/registry", "v3.1.1"),
    "buildkitd": ("github.com/moby/buildkit/cmd/buildkitd", "v0.32.2"),
    "zot": ("zotregistry.dev/zot/v2/cmd/zot", "v2.1.20"),
}
_BUILD_SECONDS = 1200
# The environment as this program was started: tests change HOME, and Go keeps its own caches there.
_ENVIRONMENT = dict(os.environ)


def build_all() -> None:
    """Build what is missing, and say what cannot be had; nothing where there is no Go toolchain."""
    missing = [name for name in COMMANDS if not program(name).is_file()]
    if not missing or _go() is None:
        return
    say.heading("Build extra parts with the Go toolchain that is here (once; minutes)")
    for name in missing:
        began = time.monotonic()
        found = provide(name)
        say.note(found if isinstance(found, str) else f"{name} {COMMANDS[name][1]} in {time.monotonic() - began:.0f} s")


def provide(name: str) -> Path | str:
    """The program, built if need be; or, as text, why it cannot be had."""
    package, version = COMMANDS[name]
    if program(name).is_file():
        return program(name)
    go = _go()
    if go is None:
        return f"{name} {version} needs a Go toolchain, and there is none"
    paths.CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths.CACHE) as fresh:
        # In a module of our own, not by `go install`: that refuses modules with exclude directives, as buildkit's.
        for step in (
            ["mod", "init", "tools"],
            ["get", f"{package}@{version}"],
            ["build", "-ldflags", "-s -w", "-o", name, package],
        ):
            if not _run(["nice", go, *step], fresh, _ENVIRONMENT):
                return f"{name} {version} cannot be built: go {' '.join(step)} fails"
        program(name).parent.mkdir(parents=True, exist_ok=True)
        # Moved into place whole: two runs may build at the same time.
        (Path(fresh) / name).replace(program(name))
    return program(name)


def program(name: str) -> Path:
    """Where the program is, or will be."""
    return paths.CACHE / "go" / f"{name}-{COMMANDS[name][1]}" / name


def _go() -> str | None:
    return None if _ENVIRONMENT.get("REALPARTS_NO_GO") else shutil.which("go", path=_ENVIRONMENT.get("PATH"))


def _run(argv: list[str], folder: str, env: Mapping[str, str]) -> bool:
    try:
        done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, timeout=_BUILD_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
