"""The committed tree of this repository as `check` sees it, to be changed in one place at a time."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.adapters.manifests import RepositoryFiles
from buildtool.config import load
from buildtool.core.flux.unreadable import UnreadableError
from buildtool.usecases.check.run import settings_of

if TYPE_CHECKING:
    from buildtool.core.flux.lint.settings import Settings

ROOT = Path(__file__).parents[2]


@cache
def committed() -> dict[str, bytes]:
    """Every file of the repository by path."""
    files = RepositoryFiles(ROOT)
    found: dict[str, bytes] = {}
    for path in files.paths():
        try:
            found[path] = files.read(path)
        except UnreadableError:
            continue
    return found


def settings(text: str, folder: Path) -> Settings:
    """The settings of a buildtool.toml with this text."""
    tomllib.loads(text)
    path = folder / "buildtool.toml"
    path.write_text(text, encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("dockerfile"):
            (folder / line.split('"')[1]).touch()
    return settings_of(load(path, {}), "buildtool.toml")
