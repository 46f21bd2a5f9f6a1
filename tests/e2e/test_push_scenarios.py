"""The scenarios of the case collection beside the repository: scratch repositories, real engine, real registry.

The collection is not part of this repository: it lies in ../shared/cases/push where these tests were written.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.parts import Registries

ROOT = Path(__file__).parents[2]
FILE = ROOT.parent / "shared" / "cases" / "push" / "scenarios.py"
HELPERS = {"fresh", "republishes", "parsed_outputs"}

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not FILE.is_file(), reason="no case collection here (../shared/cases/push)"),
]


def scenarios() -> list[str]:
    """The functions that have a docstring and are no helpers: those that the file itself runs."""
    if not FILE.is_file():
        return ["none"]
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and ast.get_docstring(node)]
    return [node.name for node in functions if node.name not in HELPERS]


@pytest.fixture(scope="module")
def registry(registry_server: Registries) -> Iterator[str]:
    """One that allows deleting."""
    server = registry_server()
    yield server.address
    server.stop()


@pytest.mark.parametrize("name", scenarios())
def test_scenario(registry: str, engine: Mapping[str, str], tmp_path: Path, name: str) -> None:
    environment = {
        **os.environ,
        **engine,
        "BT": f"{sys.executable} -m buildtool",
        "REG": registry,
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(tmp_path),
    }
    argv = [sys.executable, "-B", str(FILE), name]
    done = subprocess.run(argv, cwd=FILE.parent, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "right 1/1" in done.stdout
