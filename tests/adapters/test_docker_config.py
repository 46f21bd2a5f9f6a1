from __future__ import annotations

import base64
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from buildtool.adapters.docker_config import logged_in, sweep
from buildtool.errors import REGISTRY_CREDENTIALS, BuildtoolError

HOST = "127.0.0.1:5000"


def own(tmp_path: Path, document: object) -> dict[str, str]:
    folder = tmp_path / "own"
    (folder / "contexts").mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(document))
    return {"DOCKER_CONFIG": str(folder), "HOME": str(tmp_path)}


def test_the_login_is_added_to_what_is_there(tmp_path: Path) -> None:
    helpers = {"credsStore": "desktop", "credHelpers": {HOST: "y", "z": "y"}}
    before = {"auths": {"other": {"auth": "x"}}, "currentContext": "pi", **helpers}
    environment = own(tmp_path, before)
    with logged_in(environment, {HOST: ("robot$a", "pa:ss")}) as inside:
        folder = Path(inside["DOCKER_CONFIG"])
        file = folder / "config.json"
        written = json.loads(file.read_text())
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert base64.b64decode(written["auths"][HOST]["auth"]) == b"robot$a:pa:ss"
        assert written["auths"]["other"] == {"auth": "x"}
        assert written["currentContext"] == "pi"
        assert (written["credHelpers"], written["credsStore"]) == ({"z": "y", HOST: ""}, "desktop")
        assert (folder / "contexts").is_dir()
        assert inside["BUILDX_CONFIG"] == f"{environment['DOCKER_CONFIG']}/buildx"
    assert not folder.exists()
    assert json.loads(Path(environment["DOCKER_CONFIG"], "config.json").read_text()) == before


def test_the_logins_of_several_registries(tmp_path: Path) -> None:
    """Each host has its own; another registry's login stays with the helper that holds it."""
    environment = own(tmp_path, {"credsStore": "desktop"})
    with logged_in(environment, {HOST: ("a", "1"), "b.example": ("b", "2")}) as inside:
        written = json.loads(Path(inside["DOCKER_CONFIG"], "config.json").read_text())
    stored = {host: base64.b64decode(entry["auth"]) for host, entry in written["auths"].items()}
    assert stored == {HOST: b"a:1", "b.example": b"b:2"}
    assert (written["credHelpers"], written["credsStore"]) == ({HOST: "", "b.example": ""}, "desktop")


def test_without_a_configuration_of_ones_own(tmp_path: Path) -> None:
    with logged_in({"HOME": str(tmp_path)}, {HOST: ("a", "b")}) as inside:
        assert list(json.loads(Path(inside["DOCKER_CONFIG"], "config.json").read_text())["auths"]) == [HOST]


def test_a_configuration_that_is_broken(tmp_path: Path) -> None:
    environment = own(tmp_path, {})
    Path(environment["DOCKER_CONFIG"], "config.json").write_text("{")
    with pytest.raises(BuildtoolError) as raised, logged_in(environment, {HOST: ("a", "b")}):
        pass
    assert raised.value.kind is REGISTRY_CREDENTIALS


def test_nothing_stays_after_a_failure(tmp_path: Path) -> None:
    places: list[Path] = []

    def fail() -> None:
        with logged_in({"HOME": str(tmp_path)}, {HOST: ("a", "b")}) as inside:
            places.append(Path(inside["DOCKER_CONFIG"]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not places[0].exists()


def private(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


def test_it_is_in_the_users_runtime_directory(tmp_path: Path) -> None:
    runtime = private(tmp_path / "runtime")
    environment = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime)}
    with logged_in(environment, {HOST: ("a", "b")}) as inside:
        folder = Path(inside["DOCKER_CONFIG"])
        assert folder.parent == runtime / "buildtool"
        assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o777])
def test_a_runtime_directory_that_others_may_use_is_none(tmp_path: Path, mode: int) -> None:
    runtime = private(tmp_path / "runtime")
    runtime.chmod(mode)
    with logged_in({"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime)}, {HOST: ("a", "b")}) as inside:
        assert runtime not in Path(inside["DOCKER_CONFIG"]).parents
    assert list(runtime.iterdir()) == []


@pytest.mark.parametrize("planted", ["link", "open", "file"])
def test_a_folder_planted_in_its_place_is_not_used(tmp_path: Path, planted: str) -> None:
    runtime = private(tmp_path / "runtime")
    place, elsewhere = runtime / "buildtool", private(tmp_path / "elsewhere")
    if planted == "link":
        place.symlink_to(elsewhere)
    elif planted == "open":
        place.mkdir()
        place.chmod(0o777)
    else:
        place.write_text("")
    with (
        pytest.raises(BuildtoolError) as raised,
        logged_in({"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime)}, {HOST: ("a", "b")}),
    ):
        pass
    assert raised.value.kind is REGISTRY_CREDENTIALS
    assert list(elsewhere.iterdir()) == []


KILLED = """
import os, signal, sys
from buildtool.adapters.docker_config import logged_in, sweep
with logged_in(dict(os.environ), {"127.0.0.1:5000": ("robot$a", "s3cret-of-a-killed-run")}) as inside:
    print(inside["DOCKER_CONFIG"], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("next_run_logs_in", [True, False])
def test_the_next_run_takes_away_what_a_killed_one_left(tmp_path: Path, *, next_run_logs_in: bool) -> None:
    runtime = private(tmp_path / "runtime")
    environment = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime)}
    with logged_in(environment, {HOST: ("a", "of a run that goes on")}) as going_on:
        child = {**os.environ, **environment}
        killed = subprocess.run([sys.executable, "-c", KILLED], env=child, capture_output=True, text=True, check=False)
        assert killed.returncode == -signal.SIGKILL
        left = Path(killed.stdout.strip())
        assert (left / "config.json").exists()
        if next_run_logs_in:
            with logged_in(environment, {HOST: ("a", "b")}):
                assert not left.exists()
        else:
            sweep(environment)
        assert not left.exists()
        assert Path(going_on["DOCKER_CONFIG"], "config.json").exists()
    assert list((runtime / "buildtool").iterdir()) == []


def test_also_what_one_left_that_had_no_runtime_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The killed run was a job without a session; this one has a session."""
    temporary, runtime = private(tmp_path / "temporary"), private(tmp_path / "runtime")
    child = {**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "none"), "TMPDIR": str(temporary)}
    killed = subprocess.run([sys.executable, "-c", KILLED], env=child, capture_output=True, text=True, check=False)
    left = Path(killed.stdout.strip())
    assert left.parent.parent == temporary
    assert (left / "config.json").exists()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    sweep({"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime)})
    assert not left.exists()


def test_a_configuration_named_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links to it, and buildx's builders, are found from every folder."""
    own(tmp_path, {})
    monkeypatch.chdir(tmp_path)
    with logged_in({"DOCKER_CONFIG": "own"}, {HOST: ("a", "b")}) as inside:
        assert (Path(inside["DOCKER_CONFIG"]) / "contexts").is_dir()
        assert inside["BUILDX_CONFIG"] == str(tmp_path / "own" / "buildx")


@pytest.mark.parametrize("document", [{"auths": 7, "credHelpers": ["x"]}, [], {"auths": None}])
def test_a_configuration_of_another_shape(tmp_path: Path, document: object) -> None:
    with logged_in(own(tmp_path, document), {HOST: ("a", "b")}) as inside:
        written = json.loads(Path(inside["DOCKER_CONFIG"], "config.json").read_text())
        assert list(written["auths"]) == [HOST]


@pytest.mark.parametrize("host", ["docker.io", "index.docker.io", "registry-1.docker.io"])
def test_docker_hubs_login_stands_where_docker_looks_for_it(tmp_path: Path, host: str) -> None:
    helpers = {"credHelpers": {"https://index.docker.io/v1/": "desktop", "docker.io": "x", "z": "y"}}
    environment = own(tmp_path, {"auths": {"https://index.docker.io/v1/": {}}, **helpers})
    with logged_in(environment, {host: ("a", "b")}) as inside:
        written = json.loads(Path(inside["DOCKER_CONFIG"], "config.json").read_text())
    assert list(written["auths"]) == ["https://index.docker.io/v1/", host]
    assert base64.b64decode(written["auths"]["https://index.docker.io/v1/"]["auth"]) == b"a:b"
    helpers_left = {name for name, helper in written["credHelpers"].items() if helper}
    assert helpers_left == {"z"}


def test_a_registry_with_an_ipv6_address(tmp_path: Path) -> None:
    with logged_in(own(tmp_path, {}), {"[::1]:5000": ("a", "b")}) as inside:
        assert list(json.loads(Path(inside["DOCKER_CONFIG"], "config.json").read_text())["auths"]) == ["[::1]:5000"]
