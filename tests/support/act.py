"""Workflows under act, which runs their steps as GitHub's runner does: on this machine, without a container."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildtool.adapters import process
from tests.support.need import need
from tests.support.tools import tool

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
OURS = "ThePixelExpert/Professional-Website"
COMMIT = "0123456"

# What a repository may say of Python for itself; it must not reach the action's own interpreter.
PYTHON_OF_ITS_OWN = {
    ".python-version": "3.8\n",
    "pyproject.toml": '[project]\nname = "x"\nversion = "1"\nrequires-python = "<3.9"\n[tool.uv]\nno-index = true\n',
    "uv.toml": "no-index = true\n",
    ".env": "UV_NO_INDEX=true\n",
    ".venv/pyvenv.cfg": "home = /nowhere\n",
}

_UV = """\
name: uv
description: In the place of setup-uv.
inputs: {{enable-cache: {{description: none}}}}
runs:
  using: composite
  steps:
    - shell: bash
      run: echo '{folder}' >>"$GITHUB_PATH"
"""


class Act:
    """`folder` is its own; actions of others are folders in it, and ours is a copy of this tree at COMMIT."""

    def __init__(self, folder: Path, uv: str) -> None:
        """`uv` is the `uses:` of the step that sets up uv."""
        need(shutil.which("node"), "act wants node for actions/checkout")
        self.folder = folder
        (folder / "home").mkdir(parents=True)
        self.local = {f"{OURS}@{COMMIT}": folder / "buildtool"}
        self.replace(uv, _UV.format(folder=Path(tool("uv")).parent))
        ignored = shutil.ignore_patterns("__pycache__")
        for name in ("buildtool", "check"):
            shutil.copytree(ROOT / name, folder / "buildtool" / name, ignore=ignored)
        for name in ("action.yml", "pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, folder / "buildtool")

    def replace(self, uses: str, action: str) -> None:
        """Put an action of one file in the place of `owner/name[/path]@commit`."""
        name, _, commit = uses.partition("@")
        owner, repository, *path = name.split("/")
        place = self.folder / repository
        file = place.joinpath(*path, "action.yml")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(action, encoding="utf-8")
        self.local[f"{owner}/{repository}@{commit}"] = place

    def run(
        self, repository: Path, event: str, payload: Mapping[str, Any], environment: Mapping[str, str]
    ) -> tuple[int, str]:
        """The exit code of act (0 or 1), and all that it printed."""
        (self.folder / "event.json").write_text(json.dumps(payload), encoding="utf-8")
        argv = [tool("act"), event, "--action-offline-mode", "--pull=false", "--artifact-server-path", ""]
        argv += ["-P", "ubuntu-24.04=-self-hosted", "-P", "self-hosted=-self-hosted"]
        argv += ["--eventpath", str(self.folder / "event.json")]
        for action, place in self.local.items():
            argv += ["--local-repository", f"{action}={place}"]
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        try:
            done = process.run(
                argv, cwd=repository, env={**inherited, "HOME": str(self.folder / "home"), **environment}, timeout=240
            )
        except process.ProgramError as error:
            return error.returncode or 1, error.stdout + error.stderr
        return 0, done.stdout + done.stderr
