"""What the stage `packages` of Dockerfile.rollback-handler fetches: a build may reach no package index."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.guard import real_environment
from tests.support.need import need

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "Dockerfile.rollback-handler"
_OF_THE_STAGE = ("--target", "--requirement")


def handler_contexts(folder: Path, base_contexts: Mapping[str, str]) -> dict[str, str]:
    """The named contexts of that image: base images, and a folder in place of its stage."""
    return {**base_contexts, "packages": str(_fetch(folder))}


def _fetch(folder: Path) -> Path:
    """Run the command of the stage, with this computer's pip and its settings."""
    written = DOCKERFILE.read_text(encoding="utf-8").partition('RUN ["python", "-m", "pip", ')[2].partition("]")[0]
    arguments = json.loads(f"[{written}]".replace("\\\n", ""))
    argv = [one for one in arguments if not one.startswith(_OF_THE_STAGE)]
    argv += ["--quiet", f"--target={folder / 'packages'}", f"--requirement={ROOT / 'requirements' / 'handler.txt'}"]
    with real_environment():
        done = subprocess.run([sys.executable, "-m", "pip", *argv], capture_output=True, text=True, check=False)
    need(done.returncode == 0, f"no package index that has the handler's packages: {done.stderr[-300:]}")
    return folder
