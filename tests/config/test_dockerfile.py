"""Where a Dockerfile is looked for, written or not: as compose does, then as `docker build -f` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.config import ConfigError, load

if TYPE_CHECKING:
    from pathlib import Path


def configured(folder: Path, line: str, *files: str) -> str:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("FROM scratch\n")
    (folder / "buildtool.toml").write_text(
        f'registry = "127.0.0.1:5000"\n[images.web]\ncontext = "web"\nplatforms = ["linux/arm64"]\n{line}\n'
    )
    return load(folder / "buildtool.toml", {}).images["web"].dockerfile


@pytest.mark.parametrize(
    ("line", "files", "found"),
    [
        ('dockerfile = "web/Dockerfile"', ("web/Dockerfile",), "web/Dockerfile"),
        ('dockerfile = "Dockerfile.web"', ("Dockerfile.web", "web/index.html"), "Dockerfile.web"),
        ('dockerfile = "Dockerfile"', ("web/Dockerfile",), "web/Dockerfile"),
        ('dockerfile = "Dockerfile"', ("Dockerfile", "web/Dockerfile"), "web/Dockerfile"),
        ("", ("Dockerfile", "web/Dockerfile"), "web/Dockerfile"),
        ('dockerfile = "Dockerfile"', ("Dockerfile", "web/index.html"), "Dockerfile"),
        ("", ("Dockerfile", "web/index.html"), "Dockerfile"),
        ('dockerfile = "../Dockerfile"', ("Dockerfile", "web/Dockerfile"), "Dockerfile"),
    ],
)
def test_first_from_the_context_then_from_the_configuration(
    tmp_path: Path, line: str, files: tuple[str, ...], found: str
) -> None:
    assert configured(tmp_path, line, *files) == found


def test_nowhere(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'there is no file "web/Dockerfile\.web", nor "Dockerfile\.web"; there is'):
        configured(tmp_path, 'dockerfile = "Dockerfile.web"', "web/Dockerfile")
