"""The commit that this buildtool was made from: of its checkout, or as its installer has noted it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
from pathlib import Path

import buildtool
from buildtool.adapters.process import ProgramError, run
from buildtool.core.commit.git_variables import SETTINGS, for_reading

_COMMIT = re.compile(r"[0-9a-f]{40}")


def own_commit() -> str:
    """40 hexadecimal digits, "" where it is not known."""
    root = Path(buildtool.__file__).resolve().parent.parent
    found = _of_checkout(root) if _is_checkout(root) else _of_installer()
    return found if _COMMIT.fullmatch(found) else ""


def _is_checkout(root: Path) -> bool:
    return os.path.exists(root / ".git") and os.path.exists(root / "action.yml")


def _of_checkout(root: Path) -> str:
    try:
        return run(["git", *SETTINGS, "-C", str(root), "rev-parse", "HEAD"], env=for_reading(os.environ)).stdout.strip()
    except ProgramError:
        return ""


def _of_installer() -> str:
    """From direct_url.json (PEP 610), which pip and uv write for a package from git."""
    try:
        noted = importlib.metadata.distribution("buildtool").read_text("direct_url.json")
        document = json.loads(noted or "{}")
        return str(document.get("vcs_info", {}).get("commit_id", ""))
    except (importlib.metadata.PackageNotFoundError, OSError, ValueError, AttributeError):
        return ""
