from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.adapters.registry import Credential, find_credentials
from buildtool.adapters.registry.login.credentials import from_named, remembered
from buildtool.core.text.secrets import Secrets
from buildtool.errors import REGISTRY_CREDENTIALS, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HOST = "192.168.0.40:5000"
USERNAME, PASSWORD, FILE = (f"BUILDTOOL_REGISTRY_{name}" for name in ("USERNAME", "PASSWORD", "PASSWORD_FILE"))


def find(environment: Mapping[str, str], host: str = HOST) -> Credential | None:
    return find_credentials(host, environment, Secrets())


def failure(environment: Mapping[str, str]) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as caught:
        find(environment)
    assert caught.value.kind is REGISTRY_CREDENTIALS
    return caught.value


def docker(tmp_path: Path, document: Any) -> dict[str, str]:
    (tmp_path / "config.json").write_text(
        document if isinstance(document, str) else json.dumps(document), encoding="utf-8"
    )
    return {"DOCKER_CONFIG": str(tmp_path)}


def login(username: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}


def test_nothing_named_is_nothing_found(tmp_path: Path) -> None:
    assert find({}) is None
    assert find({"HOME": str(tmp_path)}) is None


def test_the_environment_with_a_robots_dollar() -> None:
    assert find({USERNAME: "robot$web+ci", PASSWORD: "a$b c"}) == Credential("robot$web+ci", "a$b c")


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_the_password_from_a_file(tmp_path: Path, ending: str) -> None:
    file = tmp_path / "password"
    file.write_bytes(b" s3cret " + ending.encode())
    assert find({USERNAME: "u", FILE: str(file)}) == Credential("u", " s3cret ")


@pytest.mark.parametrize(
    "environment",
    [{USERNAME: "u"}, {PASSWORD: "p4ssword"}, {FILE: "/nowhere"}, {USERNAME: "u", PASSWORD: "p4ssword", FILE: "/x"}],
)
def test_half_a_credential_is_a_mistake(environment: dict[str, str]) -> None:
    assert "p4ssword" not in failure(environment).message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(2 << 20)
    for name in ("absent", "binary", "huge", "."):
        assert str(tmp_path / name) in failure({USERNAME: "u", FILE: str(tmp_path / name)}).message


@pytest.mark.parametrize("key", [HOST, f"http://{HOST}", f"https://{HOST}/v2/", f"{HOST}/v1/"])
def test_what_docker_login_left(tmp_path: Path, key: str) -> None:
    environment = docker(tmp_path, {"auths": {key: login("robot$a", "pa:ss")}})
    assert find(environment) == Credential("robot$a", "pa:ss")
    assert find(environment, "other:5000") is None


def test_the_home_folder(tmp_path: Path) -> None:
    (tmp_path / ".docker").mkdir()
    docker(tmp_path / ".docker", {"auths": {HOST: login("u", "pass")}})
    assert find({"HOME": str(tmp_path)}) == Credential("u", "pass")


def test_the_environment_comes_first(tmp_path: Path) -> None:
    environment = docker(tmp_path, {"auths": {HOST: login("docker", "pass")}})
    found = find({**environment, USERNAME: "env", PASSWORD: "word"})
    assert found == Credential("env", "word")


def test_an_identity_token(tmp_path: Path) -> None:
    found = find(docker(tmp_path, {"auths": {HOST: {"auth": "", "identitytoken": "1dentity"}}}))
    assert found == Credential("", "", "1dentity")


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"auths": {}},
        {"auths": {HOST: {}}},
        {"cliPluginsExtraDirs": ["/x"]},
        [],
        7,
        {"auths": {HOST: {"email": "x"}}},
    ],
)
def test_a_config_without_a_login(tmp_path: Path, document: Any) -> None:
    assert find(docker(tmp_path, document)) is None


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "",
        "\x00",
        "[" * 100_000,
        {"auths": {HOST: {"auth": "%%%"}}},
        {"auths": {HOST: {"auth": "bm8gY29sb24="}}},
        {"auths": {HOST: {"auth": 7}}},
        {"auths": {HOST: 7}},
        {"auths": [1]},
        {"credHelpers": [1], "auths": {}},
        {"credsStore": 7},
    ],
    ids=str,
)
def test_a_broken_config_is_named(tmp_path: Path, document: Any) -> None:
    error = failure(docker(tmp_path, document))
    assert str(tmp_path / "config.json") in error.message


def helper(tmp_path: Path, body: str) -> dict[str, str]:
    program = tmp_path / "bin" / "docker-credential-test"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:/usr/bin:/bin"}


@pytest.mark.parametrize("setting", [{"credsStore": "test"}, {"credHelpers": {HOST: "test"}}])
@pytest.mark.parametrize("username", ["robot$web", "<token>"])
def test_a_credential_helper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: dict[str, Any], username: str
) -> None:
    body = f'read host; printf \'{{"ServerURL":"%s","Username":"{username}","Secret":"h3lper"}}\' "$host"'
    path = helper(tmp_path, body)
    monkeypatch.setenv("PATH", path["PATH"])
    secrets = Secrets()
    found = find_credentials(HOST, {**docker(tmp_path, {**setting, "auths": {HOST: {}}}), **path}, secrets)
    assert found == (Credential("", "", "h3lper") if username == "<token>" else Credential(username, "h3lper"))
    assert "h3lper" not in secrets.clean("a line with h3lper")


@pytest.mark.parametrize(
    "body",
    ["echo 'broken \x1b[31m keychain'; exit 1", "echo '{}'", "echo 'no json'", 'echo \'{"Username":7,"Secret":7}\''],
)
def test_a_helper_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    path = helper(tmp_path, body)
    monkeypatch.setenv("PATH", path["PATH"])
    error = failure({**docker(tmp_path, {"credsStore": "test"}), **path})
    assert "docker-credential-test" in error.message
    assert "docker-credential-test get" in error.fix
    assert "keychain" not in error.message, "what a helper prints may be a secret"


def test_a_helper_does_not_write_to_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    body = 'echo "the password is h3lper" >&2; echo \'{"Username":"u","Secret":"h3lper"}\''
    path = helper(tmp_path, body)
    monkeypatch.setenv("PATH", path["PATH"])
    assert find({**docker(tmp_path, {"credsStore": "test"}), **path}) == Credential("u", "h3lper")
    assert capfd.readouterr() == ("", "")


def test_a_helper_that_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = helper(tmp_path, "exec sleep 60")
    monkeypatch.setenv("PATH", path["PATH"])
    monkeypatch.setattr("buildtool.adapters.registry.login.helper._SECONDS", 0.2)
    error = failure({**docker(tmp_path, {"credsStore": "test"}), **path})
    assert "does not answer" in error.message


@pytest.mark.parametrize("name", ["../../bin/sh", "a b", "", "-x", "a\0b"])
def test_a_helper_of_no_name(tmp_path: Path, name: str) -> None:
    environment = docker(tmp_path, {"credHelpers": {HOST: name}, "auths": {HOST: login("u", "pass")}})
    if name:
        assert "helper" in failure(environment).message
    else:
        assert find(environment) == Credential("u", "pass")


def test_a_helper_that_has_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = helper(tmp_path, "echo 'credentials not found in native keychain'; exit 1")
    monkeypatch.setenv("PATH", path["PATH"])
    assert find({**docker(tmp_path, {"credsStore": "test"}), **path}) is None


def test_a_helper_that_is_not_installed(tmp_path: Path) -> None:
    error = failure(docker(tmp_path, {"credsStore": "absent"}))
    assert "docker-credential-absent" in error.message


NAMES = ("TEAM_USER", "TEAM_PASSWORD")


def test_a_login_in_variables_of_other_names() -> None:
    environment = {"TEAM_USER": "robot$a", "TEAM_PASSWORD": " p w ", USERNAME: "other", PASSWORD: "of another"}
    assert from_named(environment, *NAMES) == Credential("robot$a", " p w ")
    assert from_named({USERNAME: "other", PASSWORD: "of another"}, *NAMES) is None
    assert from_named({"TEAM_USER": "", "TEAM_PASSWORD": ""}, *NAMES) is None


@pytest.mark.parametrize(("there", "missing"), [NAMES, NAMES[::-1]])
def test_half_a_login_is_said(there: str, missing: str) -> None:
    with pytest.raises(BuildtoolError) as caught:
        from_named({there: "value-4711"}, *NAMES)
    assert (caught.value.kind, caught.value.fix) == (REGISTRY_CREDENTIALS, f"set {missing}")
    assert "value-4711" not in caught.value.message


def test_what_is_found_is_a_secret_from_then_on() -> None:
    secrets = Secrets()
    remembered(Credential("u", "s3cret-password", "s3cret-token"), secrets)
    assert "s3cret" not in secrets.clean("s3cret-password and s3cret-token")
    assert remembered(None, secrets) is None
