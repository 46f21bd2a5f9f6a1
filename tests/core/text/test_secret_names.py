from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.text.secret_names import KEYS, WORDS, is_secret_name
from buildtool.core.text.secrets import Secrets


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("PASSWORD", True),
        ("db_password", True),
        ("GITHUB_TOKEN", True),
        ("npmToken", True),
        ("API_KEY", True),
        ("APIKEY", True),
        ("DB_PWD", True),
        ("SSH_PASSPHRASE", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("credentials", True),
        ("PWD", False),
        ("OLDPWD", False),
        ("SSH_ASKPASS", False),
        ("JWT_PUBLIC_KEY", False),
        ("SORT_KEY", False),
        ("TOKEN_URL", False),
        ("PASSWORD_FILE", False),
        ("KEY", False),
        ("MONKEY", False),
        ("PATH", False),
        ("", False),
    ],
)
def test_names(name: str, secret: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    assert is_secret_name(name) is secret


@given(st.sampled_from((*WORDS, *KEYS)), st.text("ABCXYZ_", max_size=12), st.booleans())
def test_what_is_reported_is_masked(word: str, before: str, upper: bool) -> None:  # noqa: FBT001 -- drawn
    """A value that `check` calls a secret must not be printed by any command that has it in its environment."""
    name = before + (word.upper() if upper else word)
    secrets = Secrets()
    secrets.learn({name: "hunter2-hunter2"})
    assert ("hunter2" not in secrets.clean("hunter2-hunter2")) is is_secret_name(name)
