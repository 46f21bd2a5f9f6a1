"""Which Pythons, and which versions: the lowest and the newest on each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from realparts import lock, run, versions
from realparts.terminal import PartError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([("cpython", "3.10.13", "a"), ("cpython", "2.7.18", "b")], {}),
        ([("cpython", "3.11.2", "a"), ("cpython", "3.11.10", "b"), ("cpython", "3.11.7", "c")], {"3.11": "b"}),
        (
            [("cpython", "3.13.0", "a"), ("cpython", "3.9.1", "b"), ("cpython", "3.12.1", "c")],
            {"3.12": "c", "3.13": "a"},
        ),
        ([("pypy", "3.11.2", "a"), ("cpython", "3.11.1", "b")], {"3.11": "b"}),
        ([("cpython", "4.0.0", "a")], {"4.0": "a"}),
    ],
)
def test_the_newest_of_each(found: list[tuple[str, ...]], expected: dict[str, str]) -> None:
    assert list(versions.newest_of_each(found).items()) == list(expected.items())


def fake_python(path: Path, version: str, *, code: int = 0) -> str:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho cpython {version} {path}\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


def test_they_are_found_on_path_and_in_pyenv_and_a_broken_one_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = fake_python(tmp_path / "bin" / "python3.71", "3.71.0")
    fake_python(tmp_path / "shims" / "python3.72", "3.72.0", code=127)
    (tmp_path / "bin" / "python3.71-config").touch(mode=0o755)
    pyenv = fake_python(tmp_path / "pyenv" / "versions" / "3.73.1" / "bin" / "python3", "3.73.1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{tmp_path / 'shims'}")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert versions.pythons() == {own: sys.executable, "3.71": mine, "3.73": pyenv}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """Two Pythons; commands are written down, and fail where a test's folder has "3.12-lowest" in its name."""
    asked: list[list[str]] = []
    monkeypatch.setattr(versions, "FOLDER", tmp_path)
    monkeypatch.setattr(versions, "pythons", lambda: {"3.11": "/a", "3.12": "/b"})
    monkeypatch.setattr(lock, "uv", lambda: "uv")

    def shown(argv: list[str], **_: object) -> int:
        asked.append(argv)
        return 5 if "pytest" in argv and "3.12-lowest" in argv[0] else 0

    monkeypatch.setattr(run, "shown", shown)
    return asked


def test_each_python_runs_with_both_and_a_failure_is_kept(
    ran: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert versions.run_tests(["tests/core"]) == 5
    assert [argv[argv.index("--resolution") + 1] for argv in ran if "--resolution" in argv] == [
        "lowest-direct",
        "highest",
    ] * 2
    assert [argv[-1] for argv in ran if "pytest" in argv] == ["tests/core"] * 4
    said = capsys.readouterr().out
    assert said.count(": passed") == 3
    assert "Python 3.12, lowest: FAILED (pytest ended with 5)" in said


def test_an_environment_that_cannot_be_made_ends_it(ran: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "shown", lambda argv, **_: 1)
    with pytest.raises(PartError, match="no environment with the lowest-direct versions"):
        versions.run_tests([])
