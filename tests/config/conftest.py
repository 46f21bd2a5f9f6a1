from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.config import ConfigError, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from buildtool.config import Config

GOOD = """\
registry = "192.168.0.40:5000"
insecure = true

[images.frontend]
dockerfile = "Dockerfile.frontend"
platforms = ["linux/arm64"]
policy = "flux-system:frontend"

[images.backend]
dockerfile = "Dockerfile.backend"
platforms = ["linux/amd64"]
"""


class Project:
    """A folder with two Dockerfiles, in which configurations are loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("Dockerfile.frontend", "Dockerfile.backend"):
            (folder / name).write_text("FROM scratch\n", encoding="utf-8")

    @property
    def file(self) -> Path:
        return self.folder / "buildtool.toml"

    def load(
        self, text: str, environ: Mapping[str, str] | None = None, flags: Mapping[str, object] | None = None
    ) -> Config:
        self.file.write_text(text, encoding="utf-8")
        return load(self.file, environ or {}, flags)

    def mistakes(self, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
        """What is wrong, with the folder left out of the places; an empty list for a good configuration."""
        try:
            self.load(text, environ)
        except ConfigError as error:
            return [str(mistake).replace(f"{self.folder}/", "") for mistake in error.mistakes]
        return []


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def good() -> str:
    return GOOD
