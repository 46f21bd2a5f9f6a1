"""Tests that run side by side: what shares a server stays with one worker, and the order is the same in each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support import side_by_side

ROOT = Path(__file__).parent.parent
INNER = """
import os
import pytest

{mark}
SEEN = "{folder}/{name}"

@pytest.mark.parametrize("subject", ["one", "two"], scope="module")
@pytest.mark.parametrize("number", range(20))
def test_it(subject, number):
    with open(SEEN, "a") as seen:
        seen.write(subject + " " + os.environ["PYTEST_XDIST_WORKER"] + chr(10))

def test_alone():
    with open("{folder}/order", "a") as seen:
        seen.write("{name}" + chr(10))
"""
HOOK = """
from tests.support import side_by_side

def pytest_collection_modifyitems(items):
    side_by_side.arrange(items)
"""
MARKS = {"test_a": "pytestmark = pytest.mark.go", "test_b": "", "test_c": "pytestmark = pytest.mark.engine"}


def inner(folder: Path, *arguments: str) -> None:
    (folder / "conftest.py").write_text(HOOK)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  go\n  engine\n")
    for name, mark in MARKS.items():
        (folder / f"{name}.py").write_text(INNER.format(folder=folder, name=name, mark=mark))
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_a_server_of_a_file_belongs_to_one_worker(tmp_path: Path) -> None:
    inner(tmp_path, "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    for name in MARKS:
        lines = (tmp_path / name).read_text().splitlines()
        assert len(lines) == 40
        assert len({line.split()[1] for line in lines}) == 1


def test_the_file_named_as_the_longest_is_there() -> None:
    assert (ROOT / side_by_side._LONGEST).is_file()


def test_the_engines_tests_begin_and_those_of_go_programs_end(tmp_path: Path) -> None:
    inner(tmp_path, "-n", "1", "--dist", "loadfile", "--no-loadscope-reorder")
    assert (tmp_path / "order").read_text().split() == ["test_c", "test_b", "test_a"]


def test_every_worker_collects_the_same() -> None:
    """Names of parameters hold no address and no order of a set: xdist refuses to begin otherwise."""
    argv = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"]
    collected = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        ran = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout
        collected.append([line for line in ran.stdout.splitlines() if "::" in line])
    assert [pair for pair in zip(*collected, strict=True) if pair[0] != pair[1]] == []
