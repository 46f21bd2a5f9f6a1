from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest

from buildtool.adapters.docker_config import logged_in
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
    with logged_in(environment, HOST, "robot$a", "pa:ss") as inside:
        folder = Path(inside["DOCKER_CONFIG"])
        file = folder / "config.json"
        written = json.loads(file.read_text())
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert base64.b64decode(written["auths"][HOST]["auth"]) == b"robot$a:pa:ss"
        assert written["auths"]["other"] == {"auth": "x"}
        assert written["currentContext"] == "pi"
        assert (written["credHelpers"], "credsStore" in written) == ({"z": "y"}, False)
        assert (folder / "contexts").is_dir()
        assert inside["BUILDX_CONFIG"] == f"{environment['DOCKER_CONFIG']}/buildx"
    assert not folder.exists()
    assert json.loads(Path(environment["DOCKER_CONFIG"], "config.json").read_text()) == before


def test_without_a_configuration_of_ones_own(tmp_path: Path) -> None:
    with logged_in({"HOME": str(tmp_path)}, HOST, "a", "b") as inside:
        assert list(json.loads(Path(inside["DOCKER_CONFIG"], "config.json").read_text())["auths"]) == [HOST]


def test_a_configuration_that_is_broken(tmp_path: Path) -> None:
    environment = own(tmp_path, {})
    Path(environment["DOCKER_CONFIG"], "config.json").write_text("{")
    with pytest.raises(BuildtoolError) as raised, logged_in(environment, HOST, "a", "b"):
        pass
    assert raised.value.kind is REGISTRY_CREDENTIALS


def test_nothing_stays_after_a_failure(tmp_path: Path) -> None:
    places: list[Path] = []

    def fail() -> None:
        with logged_in({"HOME": str(tmp_path)}, HOST, "a", "b") as inside:
            places.append(Path(inside["DOCKER_CONFIG"]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not places[0].exists()
