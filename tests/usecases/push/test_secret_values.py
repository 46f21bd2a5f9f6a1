from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.build_secrets import BuildSecrets
from buildtool.config import load
from buildtool.errors import CONFIG_INVALID, BuildtoolError
from buildtool.usecases.push.secret_values import require_secrets

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
            require_secrets(config, images, BuildSecrets(tmp_path, variables))
        assert raised.value.kind is CONFIG_INVALID
        assert str(raised.value.place).endswith("buildtool.toml:4")
    (tmp_path / "file").touch()
    require_secrets(config, images, BuildSecrets(tmp_path, {"TOKEN": "x"}))
