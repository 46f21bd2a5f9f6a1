"""A repository of 100,000 files: `push --dry-run` and `check`."""

from __future__ import annotations

import os
import subprocess  # noqa: TID251 -- a bench starts processes
import tempfile
from pathlib import Path

from bench.check import make
from bench.process import in_turn, measure, python
from bench.registry import missing, running
from bench.shop import Shop
from bench.table import Table, megabytes

FILES, FOLDERS, MANIFESTS = 95_000, 950, 5_000
_RUNS = int(os.environ.get("BENCH_RUNS", "7"))


def run() -> Table:
    """One row for each command; the images' contexts are small folders among the many."""
    why = missing()
    if why:
        return Table("large repositories", ("",), [], [f"not measured: {why}"])
    with running() as address, tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder), address, {}, images=2, seconds=0)
        fill(Path(folder))
        shop.change()
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
        commands = {
            "push --dry-run": python("-m", "buildtool", "push", "--dry-run"),
            "check": python("-m", "buildtool", "check"),
            "git status": ["git", "status", "--porcelain"],
        }
        used = in_turn(
            {name: lambda argv=argv: measure(argv, shop.folder, environment) for name, argv in commands.items()},  # type: ignore[misc]
            _RUNS,
        )
    rows = [(name, f"{one.wall:.2f} s", f"{one.processor:.2f} s", megabytes(one.memory)) for name, one in used.items()]
    notes = (f"{FILES:,} small files in {FOLDERS} folders, {MANIFESTS:,} manifests; medians of {_RUNS}, in turn",)
    return Table("large repositories", ("", "time", "processor", "largest process"), rows, notes)


def fill(root: Path) -> None:
    for folder in range(FOLDERS):
        place = root / "source" / f"part-{folder}"
        place.mkdir(parents=True)
        for number in range(FILES // FOLDERS):
            (place / f"file-{number}.txt").write_text(f"{folder} {number}\n", encoding="utf-8")
    make(root / "manifests", files=MANIFESTS)
    subprocess.run(["rm", "-rf", str(root / "manifests" / ".git")], check=True)
