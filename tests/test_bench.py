from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.__main__ import main, names
from bench.process import in_turn, measure, python
from bench.shop import Shop
from bench.table import Table, cold, megabytes, peak, seconds, warm

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.process import Usage

ROOT = Path(__file__).parents[1]


def test_benches_are_found_by_their_run() -> None:
    assert "policy" in names()
    assert {"check", "large", "push"} <= set(names())
    assert "table" not in names()


def test_an_unknown_bench_is_refused() -> None:
    assert main(["nothing"]) == 2


def test_a_table_is_aligned() -> None:
    text = Table("title", ("case", "time"), [("a", "10 ms"), ("longer", "1 ms")], ("note",)).text()
    assert text.splitlines() == ["title", "  case     time", "  a       10 ms", "  longer   1 ms", "  note"]


def test_measures() -> None:
    assert warm(lambda: None, runs=1) >= 0
    assert cold(["-c", ""], runs=1) > 0
    assert peak(lambda: bytearray(1_000_000)) >= 1_000_000
    assert (seconds(0.0015), megabytes(2_500_000)) == ("1.5 ms", "2.5 MB")


def test_programs_are_measured_in_turn(tmp_path: Path) -> None:
    ran: list[str] = []

    def program(name: str, code: str) -> Callable[[], Usage]:
        def measured() -> Usage:
            ran.append(name)
            return measure(python("-c", code), tmp_path)

        return measured

    used = in_turn({"little": program("little", "pass"), "much": program("much", "sum(range(10**7))")}, runs=2)
    assert ran == ["little", "much"] * 3, "the first round does not count"
    assert used["much"].processor > used["little"].processor > 0
    assert used["little"].wall > 0


def test_the_memory_is_that_of_the_program(tmp_path: Path) -> None:
    """Asked by a small process: one that is just starting has the size of the one that started it."""
    code = "bytearray(200_000_000)"
    script = (
        f"from pathlib import Path; from bench.process import *; print(measure(python('-c', '{code}'), Path()).memory)"
    )
    done = subprocess.run(python("-c", script), cwd=ROOT, capture_output=True, text=True, check=True)
    assert 200_000_000 < int(done.stdout) < 300_000_000


def test_a_program_that_fails_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="its own words"):
        measure(python("-c", "import sys; sys.exit('its own words')"), tmp_path)


def test_the_three_programs_build_the_same(tmp_path: Path) -> None:
    shop = Shop(tmp_path, "127.0.0.1:9", {"busybox:1.37": "docker-image://127.0.0.1:9/b"}, images=2, seconds=1)
    before = {name: (tmp_path / name / "index.txt").read_text() for name in shop.names}
    shop.change()
    assert all((tmp_path / name / "index.txt").read_text() != text for name, text in before.items())
    bake = json.loads((tmp_path / "docker-bake.json").read_text())["target"]
    settings = tomllib.loads((tmp_path / "buildtool.toml").read_text())["images"]
    script = (tmp_path / "build-and-push.sh").read_text()
    for name in shop.names:
        assert settings[name]["platforms"] == bake[name]["platforms"]
        assert settings[name]["contexts"] == bake[name]["contexts"]
        assert name in script
    assert f"--platform {bake[shop.names[0]]['platforms'][0]}" in script
