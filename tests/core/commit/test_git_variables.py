from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.commit.git_variables import REPOSITORY, SETTINGS, for_reading, for_remotes
from tests.support.need import need

SECRETS = {
    "BUILDTOOL_REGISTRY_PASSWORD": "hunter22",
    "BUILDTOOL_REGISTRY_USERNAME": "robot$ci",
    "BUILDTOOL_IMAGES_WEB_ARGS": "x",
    "DOCKER_AUTH_CONFIG": "{}",
}
CREDENTIALS = {"GITHUB_TOKEN": "ghs_1", "GH_TOKEN": "x", "NPM_TOKEN": "y"}


@pytest.mark.parametrize("cleaned", [for_reading, for_remotes])
def test_what_never_reaches_git(cleaned: type) -> None:
    hook = dict.fromkeys(REPOSITORY, "/elsewhere")
    other = {"GIT_TRACE": "1", "GIT_CONFIG_PARAMETERS": "'a.b=c'", "GIT_EDITOR": "vi", "GIT_EXTERNAL_DIFF": "evil"}
    assert not cleaned(SECRETS | hook | other).keys() & (SECRETS | hook | other).keys()


@pytest.mark.parametrize("cleaned", [for_reading, for_remotes])
def test_what_says_whom_git_trusts_stays(cleaned: type) -> None:
    trust = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*", "HOME": "/h"}
    assert cleaned(trust).items() >= trust.items()


def test_a_remote_is_reached_as_the_user_said_and_not_while_reading() -> None:
    reach = {"GIT_SSH_COMMAND": "ssh -i key", "GIT_ASKPASS": "/a", "SSH_AUTH_SOCK": "/s"} | CREDENTIALS
    assert for_remotes(reach).items() >= reach.items()
    reading = for_reading(reach)
    assert reading["GIT_ALLOW_PROTOCOL"] == "none"
    assert not reading.keys() & ({"GIT_SSH_COMMAND", "GIT_ASKPASS"} | CREDENTIALS.keys())


@given(st.dictionaries(st.sampled_from([*REPOSITORY, *SECRETS, *CREDENTIALS, "GIT_X", "PATH", "LC_ALL"]), st.text()))
def test_our_own_variables_win(environ: dict[str, str]) -> None:
    for cleaned in (for_reading(environ), for_remotes(environ)):
        assert cleaned["LC_ALL"] == "C"
        assert cleaned["GIT_TERMINAL_PROMPT"] == "0"
        assert not [name for name in cleaned if name.startswith("BUILDTOOL_")]


RUNNER = {"GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": "shop/site", "BUILDTOOL_GIT_TOKEN": "t"}


def test_a_token_goes_to_the_repository_of_the_job_and_never_to_reading() -> None:
    found = for_remotes(RUNNER | {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "c"})
    count = int(found["GIT_CONFIG_COUNT"])
    pairs = [(found[f"GIT_CONFIG_KEY_{n}"], found[f"GIT_CONFIG_VALUE_{n}"]) for n in range(count)]
    login = "Authorization: Basic eC1hY2Nlc3MtdG9rZW46dA=="
    keys = [f"http.https://git.example/shop/site{suffix}.extraHeader" for suffix in ("", ".git")]
    assert pairs == [("a.b", "c"), *((key, value) for key in keys for value in ("", login))]
    assert not [name for name in for_reading(RUNNER) if name.startswith("GIT_CONFIG_")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "") for name in RUNNER),
        ("BUILDTOOL_GIT_TOKEN", "a b"),
        ("BUILDTOOL_GIT_TOKEN", "a\nX-Evil: 1"),
        ("GITHUB_SERVER_URL", "git.example"),
        ("GITHUB_SERVER_URL", "https://user@git.example"),
        ("GITHUB_REPOSITORY", "site"),
        ("GITHUB_REPOSITORY", "../../site"),
        ("GIT_CONFIG_COUNT", "many"),
    ],
)
def test_no_header_is_made_of_what_is_no_token_or_no_repository(name: str, value: str) -> None:
    found = for_remotes(RUNNER | {name: value})
    assert not [key for key in found if key.startswith("GIT_CONFIG_KEY_")]


def test_gits_own_list_of_variables_is_covered() -> None:
    git = shutil.which("git")
    need(git, "no git")
    assert git is not None
    listed = subprocess.run([git, "rev-parse", "--local-env-vars"], capture_output=True, text=True, check=True).stdout
    kept = {"GIT_CONFIG_COUNT"}  # settings, such as safe.directory
    ours = {"GIT_NO_REPLACE_OBJECTS"}
    passed = for_reading(dict.fromkeys(listed.split(), "/elsewhere"))
    assert {name for name in listed.split() if passed.get(name) == "/elsewhere"} <= kept | ours


def test_settings_are_pairs_for_the_command_line() -> None:
    assert set(SETTINGS[::2]) == {"-c"}
    assert all("=" in setting for setting in SETTINGS[1::2])
