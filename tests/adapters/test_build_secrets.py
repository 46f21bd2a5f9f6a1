"""Where build secrets come from, on a real disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.build_secrets import BuildSecrets
from buildtool.core.text.secrets import Secrets

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def secrets(tmp_path: Path) -> BuildSecrets:
    (tmp_path / "token").write_text("from-the-file")
    (tmp_path / "folder").mkdir()
    return BuildSecrets(tmp_path, {"TOKEN": "from-the-variable", "EMPTY": ""})


@pytest.mark.parametrize(
    ("declared", "missing"),
    [
        ("id=a,env=TOKEN", None),
        ("id=a,env=EMPTY", "the environment variable EMPTY is empty"),
        ("id=a,env=NONE", "the environment variable NONE is not set"),
        ("id=a,src=token", None),
        ("id=a,src=none", "there is no file none"),
        ("id=a,src=folder", "there is no file folder"),
        ("id=a,src=" + "n" * 300, "there is no file " + "n" * 300),
        ("id=TOKEN", None),
        ("id=token", None),
        ("id=none", "there is no file none"),
        ("id=a,type=env,src=TOKEN", None),
    ],
)
def test_what_is_missing(secrets: BuildSecrets, declared: str, missing: str | None) -> None:
    assert secrets.missing(declared) == missing


def test_values_are_remembered_to_be_masked(secrets: BuildSecrets) -> None:
    known = Secrets()
    secrets.remember(["id=a,env=TOKEN", "id=b,src=token", "id=c,src=none", "id=d,env=NONE"], known)
    cleaned = known.clean("from-the-variable from-the-file other")
    assert "from-the" not in cleaned
    assert "other" in cleaned
