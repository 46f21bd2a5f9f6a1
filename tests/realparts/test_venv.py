"""What is installed is the lock, and it is installed anew when the lock changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from realparts import lock, paths, run, venv
from realparts.terminal import PartError
from tests.realparts.machines import BOOKWORM

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = '[build-system]\nrequires = []\n[project]\nname = "x"\n'


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A folder with an environment that has pip; what pip is asked for is written down instead of done."""
    asked: list[list[str]] = []
    for name, path in {"ROOT": tmp_path, "VENV": tmp_path / ".venv"}.items():
        monkeypatch.setattr(paths, name, path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    monkeypatch.setattr(lock, "FILE", tmp_path / "dev.txt")
    lock.FILE.write_text("a==1\n")
    monkeypatch.setattr(run, "ask", lambda _argv: "")

    def shown(argv: list[str], cwd: Path) -> int:
        assert cwd == tmp_path
        asked.append(argv)
        return 0

    monkeypatch.setattr(run, "shown", shown)
    return asked


def test_the_lock_by_hash_then_the_package_without_its_dependencies(installed: list[list[str]]) -> None:
    venv.ensure(BOOKWORM)
    locked, package = installed
    assert locked[-3:] == ["--require-hashes", "--requirement", "dev.txt"]
    assert package[-4:] == ["--no-deps", "--no-build-isolation", "--editable", "."]


@pytest.mark.parametrize("file", ["dev.txt", "pyproject.toml"])
def test_installed_once_and_again_after_a_change(installed: list[list[str]], tmp_path: Path, file: str) -> None:
    venv.ensure(BOOKWORM)
    venv.ensure(BOOKWORM)
    assert len(installed) == 2
    with (tmp_path / file).open("a") as changed:
        changed.write("scripts = {}\n")
    venv.ensure(BOOKWORM)
    assert len(installed) == 4
    assert len(list((tmp_path / ".venv").glob(".realparts-*"))) == 1


def test_rules_of_linters_install_nothing(installed: list[list[str]], tmp_path: Path) -> None:
    venv.ensure(BOOKWORM)
    (tmp_path / "pyproject.toml").write_text(PROJECT + "[tool.ruff]\nline-length = 99\n")
    venv.ensure(BOOKWORM)
    assert len(installed) == 2


def test_a_hash_that_does_not_fit_ends_it(
    installed: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "shown", lambda argv, cwd: 1)
    with pytest.raises(PartError, match="pip could not install what the lock holds"):
        venv.ensure(BOOKWORM)
    assert list((tmp_path / ".venv").iterdir()) == []
