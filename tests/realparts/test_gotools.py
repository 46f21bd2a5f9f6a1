"""Go programs are built when `make extras` is typed, and at no other time."""

from __future__ import annotations

import fcntl
import threading
from typing import TYPE_CHECKING

import pytest

from realparts import gotools, paths, setup, suite
from realparts.terminal import PartError
from tests.realparts.machines import BOOKWORM
from tests.support import need
from tests.support.gotools import go_tool

if TYPE_CHECKING:
    from pathlib import Path

# A Go that makes an empty program of every package; it fails at the steps that FAILING names.
GO = """#!/bin/sh
echo "$1" >> {calls}
case "{failing}" in *"$1"*) exit 1;; esac
[ "$1" = build ] || exit 0
while [ "$1" != -o ]; do shift; done
: > "$2"
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(gotools, "_ENVIRONMENT", {"PATH": "/usr/bin:/bin"})
    return tmp_path / "cache"


def install_go(monkeypatch: pytest.MonkeyPatch, folder: Path, failing: str = "") -> Path:
    """Put it first in PATH; the file that its steps are written to."""
    (folder / "bin").mkdir()
    calls, go = folder / "calls", folder / "bin" / "go"
    go.write_text(GO.format(calls=calls, failing=failing))
    go.chmod(0o755)
    monkeypatch.setattr(gotools, "_ENVIRONMENT", {"PATH": f"{folder / 'bin'}:/usr/bin:/bin"})
    return calls


def test_every_program_is_built_once(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = install_go(monkeypatch, tmp_path)
    gotools.build_all()
    assert calls.read_text().split() == ["mod", "get", "build"] * len(gotools.COMMANDS)
    assert all(gotools.program(name).is_file() for name in gotools.COMMANDS)
    assert sorted(path.name for path in cache.iterdir()) == ["go", "go.lock"]
    gotools.build_all()
    assert calls.read_text().split() == ["mod", "get", "build"] * len(gotools.COMMANDS)


def test_what_go_cannot_build_is_told_and_leaves_nothing(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_go(monkeypatch, tmp_path, failing="get")
    with pytest.raises(PartError) as raised:
        gotools.build_all()
    assert all(f"{name} {version} cannot be built: go get" in raised.value.message for name, (_, version) in ALL)
    assert [path.name for path in cache.iterdir()] == ["go.lock"]


ALL = list(gotools.COMMANDS.items())


def test_without_a_go_toolchain_it_says_so(cache: Path) -> None:
    with pytest.raises(PartError, match="needs a Go toolchain, and there is none") as raised:
        gotools.build_all()
    assert raised.value.fix.endswith("make extras")
    assert not (cache / "go").exists()


def test_make_test_builds_none_of_them(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    calls = install_go(monkeypatch, tmp_path)
    monkeypatch.setattr(setup, "up_where_possible", lambda _machine: None)
    monkeypatch.setattr(suite, "_install_tools", lambda _machine: None)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert suite.run_tests(BOOKWORM, ["--version"]) == 0
    assert "pytest" in "".join(capfd.readouterr())
    assert not calls.exists()
    assert not cache.exists()


@pytest.mark.parametrize("in_ci", [True, False])
@pytest.mark.parametrize("name", gotools.COMMANDS)
def test_a_test_without_its_program_fails_in_ci_and_skips_elsewhere(
    cache: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, in_ci: bool
) -> None:
    monkeypatch.setattr(need, "IN_CI", in_ci)
    with pytest.raises(pytest.fail.Exception if in_ci else pytest.skip.Exception, match=f"no {name} v.*: make extras"):
        go_tool(name)
    assert not (cache / "go").exists()


def test_a_test_waits_for_a_build_that_is_under_way(cache: Path) -> None:
    found: list[Path] = []
    waiting = threading.Thread(target=lambda: found.append(go_tool("registry")))
    cache.mkdir()
    with (cache / "go.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting.start()
        gotools.program("registry").parent.mkdir(parents=True)
        gotools.program("registry").touch()
    waiting.join()
    assert found == [gotools.program("registry")]
