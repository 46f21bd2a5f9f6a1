"""The order of the parts, and what one that cannot be had does to the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from realparts import bases, clean, emulation, engine, paths, registry, setup, system, venv
from realparts.terminal import PartError
from tests.realparts.machines import BOOKWORM

if TYPE_CHECKING:
    from pathlib import Path

    from realparts.machine import Machine

USER = replace(BOOKWORM, root=False)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each part writes its name down instead of setting anything up."""
    names: list[str] = []
    parts = {"venv": venv, "emulation": emulation, "engine": engine, "bases": bases}
    for name, module in parts.items():
        monkeypatch.setattr(module, "ensure", lambda _machine, name=name: names.append(name))
    monkeypatch.setattr(registry, "ensure_program", lambda _machine: names.append("registry"))
    monkeypatch.setattr(setup, "_install", lambda _machine: names.append("packages"))
    return names


def test_who_may_install_gets_emulation_before_an_engine_starts(ran: list[str]) -> None:
    setup.up(BOOKWORM)
    assert ran == ["packages", "venv", "emulation", "engine", "registry", "bases"]


def test_elsewhere_the_engine_comes_first_for_it_may_bring_emulation(ran: list[str]) -> None:
    setup.up(USER)
    assert ran == ["packages", "venv", "engine", "emulation", "registry", "bases"]


def broken(_machine: Machine) -> None:
    raise PartError("no engine here", "buy one")


def test_the_demo_ends_with_the_first_part_that_is_missing(ran: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "ensure", broken)
    with pytest.raises(PartError, match="no engine here"):
        setup.up(BOOKWORM)
    assert "bases" not in ran


def test_the_tests_go_on_without_a_part(
    ran: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "ensure", broken)
    setup.up_where_possible(BOOKWORM)
    assert ran == ["packages", "venv", "emulation", "registry", "bases"]
    assert "no engine here" in capsys.readouterr().err


def test_the_tests_do_not_go_on_without_a_virtual_environment(ran: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv, "ensure", broken)
    with pytest.raises(PartError):
        setup.up_where_possible(BOOKWORM)


def test_all_that_is_missing_is_installed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[list[str]] = []
    monkeypatch.setattr(engine, "find", lambda: None)
    monkeypatch.setattr(venv, "missing", lambda: ["venv"])
    monkeypatch.setattr(emulation, "missing", lambda _machine: ["emulation"])
    monkeypatch.setattr(engine, "missing", lambda _machine, *, answers: ["engine"])
    monkeypatch.setattr(system, "install", lambda _machine, needs: installed.append(needs))
    setup._install(BOOKWORM)
    setup._install(USER)
    assert installed == [["venv", "emulation", "engine"]]


def test_clean_removes_parts_and_says_what_it_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")  # no docker is asked
    monkeypatch.setattr(paths, "PARTS", tmp_path / ".parts")
    monkeypatch.setattr(paths, "RUN", tmp_path / "run")
    monkeypatch.setattr(engine, "_FOLDER", tmp_path / ".parts" / "engine")
    (tmp_path / ".parts" / "engine").mkdir(parents=True)
    clean.clean()
    clean.clean()
    assert not (tmp_path / ".parts").exists()
    assert "make clean-all" in capsys.readouterr().out
