from __future__ import annotations

import pytest

from buildtool.core.build.secret_source import SecretSource, secret_source


@pytest.mark.parametrize(
    ("declared", "variable", "file"),
    [
        ("id=npm,env=TOKEN", "TOKEN", ""),
        ("id=npm,src=f/token", "", "f/token"),
        ("id=npm,source=f/token", "", "f/token"),
        ("id=npm", "npm", "npm"),
        ("id=npm,type=env", "npm", ""),
        ("id=npm,type=file", "", "npm"),
        ("type=env,id=npm,src=TOKEN", "TOKEN", ""),
        ("type=file,id=npm,src=TOKEN", "", "TOKEN"),
    ],
)
def test_where_buildx_looks(declared: str, variable: str, file: str) -> None:
    assert secret_source(declared) == SecretSource("npm", variable, file)
