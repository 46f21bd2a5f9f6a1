from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from buildtool.config import load
from buildtool.usecases.doctor.checks import configuration
from buildtool.usecases.doctor.checks.configuration import settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.usecases.doctor.conftest import Parts

TEXT = """\
registry = "192.168.0.40:5000"
insecure = true

[images.web]
platforms = ["linux/arm64", "linux/amd64"]
args = { TOKEN = "hidden-4711" }

[images."my-app"]
platforms = ["linux/arm64"]
"""


def test_every_value_that_is_no_default_with_its_origin(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").touch()
    (tmp_path / "buildtool.toml").write_text(TEXT)
    config = load(tmp_path / "buildtool.toml", {"BUILDTOOL_IMAGES_MY_APP_TARGET": "slim"})
    found = {setting.key: (setting.value, setting.origin.rpartition("/")[2]) for setting in settings(config)}
    assert found == {
        "registry": ("192.168.0.40:5000", "buildtool.toml:1"),
        "insecure": ("true", "buildtool.toml:2"),
        "images.web.platforms": ("linux/arm64, linux/amd64", "buildtool.toml:5"),
        "images.web.args": (None, "buildtool.toml:6"),
        "images.my-app.platforms": ("linux/arm64", "buildtool.toml:9"),
        "images.my-app.target": ("slim", "environment BUILDTOOL_IMAGES_MY_APP_TARGET"),
    }


def test_the_origins_are_counted(parts: Parts) -> None:
    fact = parts.look(configuration)["configuration", "origins"]
    assert fact.evidence.startswith("1 from buildtool.toml, 1 from environment BUILDTOOL_INSECURE;")


def test_the_file_is_named(parts: Parts) -> None:
    parts.config = dataclasses.replace(parts.config, registry="r.example")
    assert "registry r.example, images web" in parts.look(configuration)["configuration", "file"].evidence
