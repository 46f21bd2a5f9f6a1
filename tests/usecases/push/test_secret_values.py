from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.build_secrets import BuildSecrets
from buildtool.config import load
from buildtool.errors import CONFIG_INVALID, BuildtoolError
from buildtool.usecases.push.secret_values import require_values

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
registry = "127.0.0.1:5000"
[images.web]
platforms = ["linux/arm64"]
secrets = ["id=a,env=TOKEN", "id=b,src=file"]
"""


def test_a_secret_without_a_value_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "buildtool.toml").write_text(CONFIG)
    (tmp_path / "Dockerfile").touch()
    config = load(tmp_path / "buildtool.toml", {})
    images = list(config.images.values())
    for variables, named in (({}, "TOKEN is not set"), ({"TOKEN": "x"}, "there is no file file")):
        with pytest.raises(BuildtoolError, match=named) as raised:
            require_values(config, images, BuildSecrets(tmp_path, variables))
        assert raised.value.kind is CONFIG_INVALID
        assert str(raised.value.place).endswith("buildtool.toml:4")
    (tmp_path / "file").touch()
    require_values(config, images, BuildSecrets(tmp_path, {"TOKEN": "x"}))


@pytest.mark.parametrize(
    ("line", "environment", "words"),
    [
        (
            'ssh = ["default"]',
            {},
            "the ssh agent or key 'default' is not there: the environment variable SSH_AUTH_SOCK",
        ),
        ('ssh = ["default"]', {"SSH_AUTH_SOCK": "gone"}, "there is no file gone"),
        ('ssh = ["git=key,other"]', {"SSH_AUTH_SOCK": "key"}, "'git' is not there: there is no file other"),
        ('args = { A = { env = "KIND" } }', {}, "the build argument A has no value: the environment variable KIND"),
    ],
)
def test_ssh_and_arguments_without_a_value(tmp_path: Path, line: str, environment: dict[str, str], words: str) -> None:
    (tmp_path / "buildtool.toml").write_text(CONFIG.replace(CONFIG.splitlines()[3], line))
    for name in ("Dockerfile", "key"):
        (tmp_path / name).touch()
    config = load(tmp_path / "buildtool.toml", environment)
    with pytest.raises(BuildtoolError, match=words) as raised:
        require_values(config, list(config.images.values()), BuildSecrets(tmp_path, environment))
    assert raised.value.kind is CONFIG_INVALID
    assert str(raised.value.place).endswith("buildtool.toml:4")


def test_ssh_and_arguments_that_are_there(tmp_path: Path) -> None:
    lines = 'ssh = ["default", "git=key"]\nargs = { A = { env = "KIND" }, B = { env = "NO", default = "" } }'
    environment = {"SSH_AUTH_SOCK": str(tmp_path / "key"), "KIND": ""}
    (tmp_path / "buildtool.toml").write_text(CONFIG.replace(CONFIG.splitlines()[3], lines))
    for name in ("Dockerfile", "key"):
        (tmp_path / name).touch()
    config = load(tmp_path / "buildtool.toml", environment)
    require_values(config, list(config.images.values()), BuildSecrets(tmp_path, environment))
    assert {name: one.value for name, one in config.images["web"].environment_args.items()} == {"A": "", "B": ""}
