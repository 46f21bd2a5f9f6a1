from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from realparts import bases, commands, paths

if TYPE_CHECKING:
    import pytest


def test_an_unknown_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["dmeo"]) == 2
    assert "python3 -m realparts COMMAND" in capsys.readouterr().err


def test_it_runs_before_any_package_is_installed() -> None:
    """-S takes the site-packages away: only the standard library is left."""
    argv = [sys.executable, "-S", "-c", "import realparts.commands"]
    done = subprocess.run(argv, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_offline_is_known_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REALPARTS_OFFLINE", "1")
    assert not bases.public_registry_answers()
